package issuer

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/quiet"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/issuer/store"
)

// An Issuer issues viewing tokens to users and revokes them. It is safe for concurrent use.
type Issuer struct {
	cfg     Config
	log     *slog.Logger
	events  *event.Stream
	store   store.Store
	flights *flight.Group // all that runs beyond a caller's own request
	budget  *budget.Budget
	gone    gone
	deletes chan struct{} // a place for each deletion that may be under way at once
	unwatch func()

	quiet *quiet.Quiet[mutation] // as Matterport has asked for

	counter // of revocations, which package handler reads
	parts   // which the root package shows
	policy  condition.Condition

	reporter // of requests that package handler refuses
}

// counter is embedded under a name that is not exported, and has no exported methods.
type counter = revocations.Counter

// reporter is embedded as counter is.
type reporter = sameorigin.Reporter

var (
	_ revocations.Counted  = (*Issuer)(nil)
	_ sameorigin.Reporting = (*Issuer)(nil)
)

// New checks cfg, without touching the network, and reports everything that is wrong with it.
func New(cfg Config) (*Issuer, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	tokens := &observedStore{Store: cfg.Store, log: cfg.Logger}
	i := &Issuer{
		cfg:     cfg,
		log:     cfg.Logger,
		events:  cfg.Events,
		store:   tokens,
		flights: flight.New(cfg.Logger),
		budget:  budget.New(cfg.MintBurst, cfg.MintEvery, time.Now),
		gone:    newGone(),
		deletes: make(chan struct{}, maxDeletes),
		unwatch: func() {},

		quiet: quiet.New[mutation](time.Now, maxQuiet),
	}
	i.reporter = sameorigin.NewReporter(i.foreign)
	i.addParts(tokens)
	if policy, ok := cfg.Policy.(access.Watcher); ok {
		i.unwatch = policy.Watch(func() {
			i.flights.Go(func(ctx context.Context) { _ = i.Recheck(ctx) }) // Recheck logs
		})
	}
	return i, nil
}

// Close ends what the issuer runs in the background and waits for it. Issue and Revoke fail from now
// on; tokens that were issued live until they expire, and deletions that Matterport has not confirmed
// are given up, with a record in the log. It can be called more than once; the error is always nil.
func (i *Issuer) Close() error {
	rescue.Call(i.log, "the policy", i.unwatch)
	i.flights.Close()
	return nil
}
