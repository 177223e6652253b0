package issuer

import (
	"log/slog"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/rescue"
)

// safely makes a panic of the application's code, in its policy, its store or its transport, an error of the call.
func safely(log *slog.Logger, what string, f func() error) (err error) {
	if !rescue.Call(log, what, func() { err = f() }) {
		err = flight.ErrPanicked
	}
	return err
}
