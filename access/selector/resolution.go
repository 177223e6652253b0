package selector

import "time"

// A Resolution says which models selectors stand for. A selector that it does not contain is unresolved: in a rule's
// models it selects nothing, and a rule that excludes it grants nothing.
type Resolution map[Selector]Result

// A Result says which models one selector stands for.
type Result struct {
	// Models are the IDs of the selected models, sorted, each once.
	Models []string

	// Doubtful are the IDs of models that may be meant, such as the two that share one internal number. They are
	// not granted, but they are excluded where a rule excludes the selector.
	Doubtful []string

	// Missing means that there is nothing of this name at Matterport: no space with this number or address, no such folder. It
	// may have been renamed, so a rule that excludes the selector grants nothing.
	Missing bool

	// Problem is for operators: why there are no models, or none that are newer. Empty if there is none.
	Problem string

	// At is when Matterport last gave these models. If it is zero, it never has: then the selector is unresolved, and
	// Problem says why.
	At time.Time
}

// Known reports whether the selector is resolved.
func (r Result) Known() bool { return !r.At.IsZero() }
