package webhook

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

const (
	betweenPasses  = 5 * time.Second  // two readings of the store
	betweenRefresh = 15 * time.Second // of the catalog
	mostInPass     = 50               // looks; then the live models are read again
	lookTimeout    = 30 * time.Second
	soon           = time.Minute // until a model that becomes inactive is looked at again
	maxAttempts    = 10

	causeWebhook = "webhook" // the reason of event.TokensRevoked

	firstBackoff = 5 * time.Second
	maxBackoff   = 5 * time.Minute
	maxPause     = 15 * time.Minute // that Matterport may ask for
)

// looks asks Matterport about models, one after the other, and revokes the tokens of those that are gone.
type looks struct {
	cfg    Config
	log    *slog.Logger
	wanted *wanted
	limit  *rate.Limiter
	now    func() time.Time
	woken  chan struct{} // holds one

	overflow rate.Sometimes // is logged

	// These are the goroutine's own.
	pass    time.Time     // the next one is not before
	backoff time.Duration // zero unless the last question failed
	refresh *refresh
}

func newLooks(cfg Config, w *wanted, now func() time.Time) *looks {
	l := &looks{
		cfg: cfg, log: cfg.Logger, wanted: w, now: now,
		limit: rate.NewLimiter(5, 20),
		woken: make(chan struct{}, 1),

		overflow: rate.Sometimes{Interval: 10 * time.Minute},
	}
	l.refresh = newRefresh(cfg.Catalog)
	return l
}

// want has a model looked at.
func (l *looks) want(model string) {
	now := l.now()
	sooner, overflows := l.wanted.add(model, now)
	if overflows {
		l.overflow.Do(func() {
			l.log.LogAttrs(context.Background(), slog.LevelWarn, "webhook: too many models are named, all that live tokens open are asked for",
				slog.Int("models", maxWanted))
		})
	}
	if l.refresh.want(now) || sooner {
		l.wake()
	}
}

// wake has the goroutine look what is due.
func (l *looks) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}

// run works until ctx ends.
func (l *looks) run(ctx context.Context, r *reports) {
	for ctx.Err() == nil {
		rescue.Call(l.log, "the webhook", func() { l.work(ctx, r) })
	}
}

// work waits for what is due, and does it.
func (l *looks) work(ctx context.Context, r *reports) {
	look := l.wanted.next()
	if !look.IsZero() {
		look = later(look, l.pass)
	}
	if !l.sleep(ctx, sooner(sooner(look, r.next()), l.refresh.next())) {
		return
	}
	now := l.now()
	r.summarize(now)
	l.refresh.tell(now)
	if !look.IsZero() && !now.Before(look) {
		l.pass = now.Add(max(betweenPasses, l.backoff)) // also if there is a panic
		l.lookAtAll(ctx)
	}
}

// sleep waits until then, or without an end if it is zero, and returns early when it is woken. It reports false if ctx has ended.
func (l *looks) sleep(ctx context.Context, until time.Time) bool {
	var timer <-chan time.Time
	if !until.IsZero() {
		timer = time.After(until.Sub(l.now()))
	}
	select {
	case <-timer:
	case <-l.woken:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// lookAtAll looks at what is due of the models that live tokens open. The first failure ends it: whatever is wrong with
// Matterport is wrong for the next model as well.
func (l *looks) lookAtAll(ctx context.Context) {
	position := l.wanted.position()
	live, err := l.live(ctx)
	if err != nil {
		l.failed(ctx, "", 0, err)
		return
	}
	for _, model := range l.wanted.take(live, position, l.now(), mostInPass) {
		if l.limit.Wait(ctx) != nil || !l.look(ctx, model) {
			return
		}
	}
}

func (l *looks) live(ctx context.Context) (live map[string]int, err error) {
	defer rescue.Into(l.log, "the token store", &err)
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	return l.cfg.Tokens.LiveModels(ctx)
}

// look asks about one model and revokes its tokens if it is gone. It reports false if that failed.
func (l *looks) look(ctx context.Context, model string) bool {
	attempts := l.wanted.begin(model, l.now())
	state, err := l.state(ctx, model)
	if err == nil && (state == matterport.ModelGone || state == matterport.ModelInactive) {
		err = l.revoke(ctx, model, state)
	}
	if err != nil {
		l.failed(ctx, model, attempts+1, err)
		return false
	}
	l.backoff = 0
	if state == matterport.ModelInactivating || state == matterport.ModelInactivationPending {
		l.again(ctx, model, attempts+1, l.now().Add(soon), errors.New("the model is becoming inactive, and is not yet"))
	}
	return true
}

func (l *looks) state(ctx context.Context, model string) (state matterport.ModelState, err error) {
	defer rescue.Into(l.log, "a question to Matterport", &err)
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	return l.cfg.Matterport.ModelState(ctx, model)
}

// revoke ends the tokens of a model, those that are being minted included.
func (l *looks) revoke(ctx context.Context, model string, state matterport.ModelState) (err error) {
	defer rescue.Into(l.log, "a revocation", &err)
	ctx = event.WithCause(ctx, event.Cause{Reason: causeWebhook})
	revoked, err := l.cfg.Tokens.Revoke(ctx, store.Selector{Model: model})
	if err != nil && !errors.Is(err, store.ErrPending) { // that one the store finishes
		return err //nolint:wrapcheck // the issuer's own error
	}
	l.log.LogAttrs(ctx, slog.LevelInfo, "webhook: tokens revoked, as Matterport does not show the model",
		slog.String("model", model), slog.String("state", string(state)), slog.Int("tokens", revoked.Tokens))
	return nil
}

// failed has everything wait, longer each time, and at least as long as Matterport asks for. Nothing is revoked.
func (l *looks) failed(ctx context.Context, model string, attempts int, err error) {
	if ctx.Err() != nil {
		return // it is closing
	}
	first := l.backoff == 0
	l.backoff = min(max(firstBackoff, 2*l.backoff), maxBackoff)
	wait := l.backoff
	var upstream *matterport.Error
	if errors.As(err, &upstream) {
		wait = max(wait, min(upstream.RetryAfter, maxPause))
	}
	l.pass = l.now().Add(wait)
	if first {
		l.log.LogAttrs(ctx, slog.LevelWarn, "webhook: the state of models is not known, tokens stay and the question is repeated",
			slog.String("model", model), slog.String("wait", wait.String()), slog.Any("error", err))
	}
	if model != "" {
		l.again(ctx, model, attempts, l.pass, err)
	}
}

// again has a model looked at once more, unless that was tried too often.
func (l *looks) again(ctx context.Context, model string, attempts int, due time.Time, err error) {
	if attempts >= maxAttempts {
		l.log.LogAttrs(ctx, slog.LevelWarn, "webhook: given up asking for a model, its tokens live until they expire",
			slog.String("model", model), slog.Int("attempts", attempts), slog.Any("error", err))
		return
	}
	l.wanted.again(model, attempts, due)
}
