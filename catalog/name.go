package catalog

import (
	"context"
	"time"

	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/flight"
)

const (
	nameAge     = 15 * time.Minute       // how old names may be before the account's models are listed again
	nameEvery   = time.Minute            // how often they are listed for names, at most
	firstAnswer = 500 * time.Millisecond // how long the first name may take
)

// KnownName returns the name of a model at Matterport, or "" if it is not known. It asks no one.
func (c *Catalog) KnownName(model string) string {
	return displayname.Clean(c.account.remembered().find(model).Name)
}

// Name is KnownName for an audit trail: if the last list of the account's models is 15 minutes old, they are listed again
// in the background. Only the first call waits for that, for half a second.
func (c *Catalog) Name(model string) string {
	return displayname.Clean(c.account.named().find(model).Name)
}

// named returns the last list of the account's models, and has it renewed if it is old.
func (a *account) named() *snapshot {
	last, now := a.remembered(), a.now()
	if now.Sub(last.taken) < nameAge {
		return last
	}
	asked := a.asked.Load()
	if now.UnixNano()-asked < int64(nameEvery) || !a.asked.CompareAndSwap(asked, now.UnixNano()) {
		return last
	}
	fetched := a.flights.Do("models", fetchTimeout, a.fetch)
	if asked == 0 && last.outage == notAsked {
		_, _ = flight.Wait(context.Background(), fetched, firstAnswer) // fetch logs its errors
	}
	return a.remembered()
}
