package pme

import (
	"context"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

// watchKeys emits events when the SDK key changes. Package pages, which uses it, emits none.
func (c Config) watchKeys() (stop func()) {
	if c.Pages.SDKKeys == nil {
		return func() {}
	}
	events := event.OrLog(c.Events, c.Logger)
	stop, _ = c.Pages.SDKKeys.Register(secret.Consumer{Changed: func(change secret.Change) {
		events.Emit(context.Background(), change.Event("sdk key"))
	}}) // checked before
	return stop
}
