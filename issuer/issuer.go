package issuer

import (
	"context"
	"log/slog"
	"sync/atomic"
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
	"github.com/go-pme/pme/issuer/internal/calendar"
	"github.com/go-pme/pme/issuer/internal/deletion"
	"github.com/go-pme/pme/issuer/store"
)

// An Issuer issues viewing tokens to users and revokes them. It is safe for concurrent use.
type Issuer struct {
	cfg       Config
	log       *slog.Logger
	events    *event.Stream
	store     store.Store
	flights   *flight.Group // work that can outlast a request
	budget    *budget.Budget
	limited   *budget.Digest // of the refusals because of a limit
	gone      gone
	deletions *deletion.Deletions
	unwatch   func()
	unhear    func()
	unadopt   func()
	unquiet   func()
	cached    *atomic.Int64 // counts the events of cached tokens that reach no one

	quiet    *quiet.Quiet[mutation] // as Matterport has asked for
	calendar *calendar.Calendar
	dated    access.DatedPolicy // the policy, or nil
	clock    func() time.Time   // of this machine
	now      func() time.Time   // theTime, made once

	counter // counts revocations; package handler reads it
	parts   // for health; the root package reads them
	policy  condition.Condition

	reporter // reports requests that package handler refuses
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
		limited: newLimited(),
		gone:    newGone(),
		unwatch: func() {},
		unhear:  func() {},
		unadopt: func() {},
		unquiet: func() {},
		cached:  cfg.Events.Counter(event.TokenReused, reasonCached),

		quiet: quiet.New[mutation](time.Now, maxQuiet),
		clock: time.Now,
	}
	i.deletions = deletion.New(deletion.Config{Once: i.deleteOnce, Done: i.deleted, Life: i.mostLeft, Flights: i.flights, Logger: i.log})
	i.keepCalendar()
	i.reporter = sameorigin.NewReporter(i.foreign)
	i.addParts(tokens)
	if policy, ok := cfg.Policy.(access.Watcher); ok {
		changed := i.policyChanged()
		i.unwatch = policy.Watch(func() {
			changed()
			i.calendar.Look()
			i.flights.Go(func(ctx context.Context) { _ = i.Recheck(ctx) }) // Recheck logs
		})
	}
	if tokens, ok := cfg.Store.(store.Notifier); ok {
		i.unhear = tokens.OnEvict(i.heard)
	}
	if tokens, ok := cfg.Store.(store.Deleter); ok {
		i.unadopt = tokens.OnOrphaned(i.adopt)
	}
	if tokens, ok := cfg.Store.(store.Hinter); ok {
		i.unquiet = tokens.OnHint(quietTopic, i.heardQuiet)
	}
	return i, nil
}

// recheckAgain is when tokens are checked again if that failed at a date.
const recheckAgain = 30 * time.Second

// keepCalendar has the tokens checked again whenever grants begin or end by date.
func (i *Issuer) keepCalendar() {
	i.now = i.theTime
	i.calendar = calendar.New(i.cfg.Matterport.ServerTime, i.nextChange, func() {
		i.flights.Go(func(ctx context.Context) {
			if i.Recheck(event.WithCause(ctx, event.Cause{Reason: "date"})) != nil { // it logs why
				i.calendar.Note(i.now().Add(recheckAgain))
			}
		})
	})
	if dated, ok := i.cfg.Policy.(access.DatedPolicy); ok {
		i.dated = dated
		i.flights.Go(func(ctx context.Context) { i.calendar.Run(ctx.Done()) })
	}
}

// nextChange returns the first date after now at which the policy's answers change, as far as it says. A panic of the policy is
// logged, and says nothing.
func (i *Issuer) nextChange(now time.Time) (next time.Time) {
	if i.dated == nil {
		return time.Time{}
	}
	var err error
	defer rescue.Into(i.log, thePolicy, &err)
	return i.dated.NextChange(now)
}

// heard tells the pages that watch what any replica has revoked.
func (i *Issuer) heard(s store.Selector) {
	revocations.Add(&i.counter, s.User)
	revocations.Tell(&i.counter, s.User, s.Model)
}

// Close stops the issuer's background work and waits for it to end. Afterwards Issue and Revoke fail. Issued
// tokens live until they expire. Deletions that Matterport has not confirmed are abandoned and logged. Close can
// be called more than once; the error is always nil.
func (i *Issuer) Close() error {
	rescue.Call(i.log, thePolicy, i.unwatch)
	rescue.Call(i.log, theStore, i.unhear)
	rescue.Call(i.log, theStore, i.unadopt)
	rescue.Call(i.log, theStore, i.unquiet)
	i.flights.Close()
	return nil
}
