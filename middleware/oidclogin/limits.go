package oidclogin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

// A callback costs a call to the provider, which limits how often it is called: whoever makes up codes could have it refuse
// everyone's. So from one address the provider is asked about failureBurst codes that it does not accept, and one more each
// failureEvery. A login that succeeds, or fails for any other reason, costs nothing: a company of any size can sign in at the same
// time behind one address, also while its application is set up wrongly. One that only begins costs no call and no memory.
const (
	failureBurst = 300
	failureEvery = time.Second
)

// spendTime bounds how long an answer waits for the limit that replicas share.
const spendTime = time.Second

// tooManyRequests is the reason in the events.
const tooManyRequests = "too_many_requests"

// limits counts failed logins by the client's address, if that is known.
type limits struct {
	events *event.Stream
	log    *slog.Logger
	failed *budget.Budget
	shared store.Spender  // nil: this process counts alone
	told   *budget.Digest // of the requests that were refused because of the limit
	floods *budget.Digest // of the logins that were refused for another reason
}

func newLimits(cfg *Config, given any) *limits {
	l := &limits{
		events: cfg.Events, log: cfg.Logger,
		failed: budget.New(failureBurst, failureEvery, cfg.Now),
		told:   budget.NewDigest(1, time.Minute, cfg.Now),
		floods: budget.NewDigest(100, time.Minute, cfg.Now),
	}
	l.shared, _ = given.(store.Spender)
	return l
}

// wait returns how long the address that sent r has to wait. If it is not known, note has counted nothing.
func (l *limits) wait(r *http.Request) time.Duration {
	address, _ := l.events.Client(event.Context(r))
	return l.failed.Wait(budget.Address(address))
}

// note takes in how a callback has ended that the provider was asked about.
func (l *limits) note(r *http.Request, err error) {
	address, known := l.events.Client(event.Context(r))
	if !known || !errors.Is(err, errBadCode) {
		return
	}
	address = budget.Address(address)
	l.failed.Spend(address)
	if l.shared != nil && l.spentElsewhere(r.Context(), address) {
		l.failed.Empty(address)
	}
}

// spentElsewhere reports whether all replicas together have used the limit up. If the store fails, they have not.
func (l *limits) spentElsewhere(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), spendTime)
	defer cancel()
	var wait time.Duration
	err := func() (err error) {
		defer rescue.Into(l.log, "the store of the login", &err)
		wait, err = l.shared.Spend(ctx, "login "+address, failureBurst, failureEvery)
		return err //nolint:wrapcheck // only whether there is one counts
	}()
	return err == nil && wait > 0
}

// refuseFlood answers a callback of an address that is over the limit. Its login is still open: the same address can be
// loaded again.
func (e *endpoints) refuseFlood(w http.ResponseWriter, r *http.Request, back string, wait time.Duration) {
	address, _ := e.limits.events.Client(event.Context(r))
	if count := e.limits.told.Note(budget.Address(address)); count > 0 {
		e.cfg.Events.Emit(event.Context(r), event.Event{
			Kind: event.RequestRefused, Level: slog.LevelWarn, Reason: tooManyRequests, Count: count,
			Detail: "the provider has not accepted the codes of many logins from this address",
		})
	} else {
		e.cfg.Events.Counter(event.RequestRefused, tooManyRequests).Add(1)
	}
	e.show(w, r, answer.Refusal{
		Status: http.StatusTooManyRequests, Code: "temporarily_unavailable", Retry: wait,
		Text: "Too many sign-ins from your network have failed. Please wait a moment.",
	}, e.loginTo(back))
}
