package issuer

import (
	"runtime/debug"

	"github.com/go-pme/pme/internal/flight"
)

// safely turns a panic of the host's code, in a policy, a store or a transport, into an error. What it
// panicked with is left out: it could be anything.
func safely(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &flight.Panic{Stack: debug.Stack()}
		}
	}()
	return f()
}
