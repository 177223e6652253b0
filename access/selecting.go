package access

import "github.com/go-pme/pme/access/selector"

// A Selecting policy names models by selectors, such as "folder:Plant 3". What a [List] is compiled to and a [*File] are
// Selecting. Package access/resolve looks the selectors up and calls Resolve with the result. Until then, the policy grants
// nothing by them.
//
// If the selectors can change, the policy should be a [Watcher] too.
type Selecting interface {
	// Selectors returns the selectors in force, each once, in any order.
	Selectors() []selector.Selector

	// Resolve puts a resolution in force in place of the one before, and calls the callbacks of Watch if answers can have
	// changed. The caller must not change r afterwards.
	Resolve(r selector.Resolution)
}
