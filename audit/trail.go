package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/rescue"
)

// A Trail writes records to sinks. Give it to an [event.Stream] as a Listener, and in the mode Required as the Recorder
// too. It is safe for concurrent use.
type Trail struct {
	cfg     Config
	now     func() time.Time
	writers []*writer
	open    *stretches
	noise   *noise

	lossSeen atomic.Int64 // when records were seen to be lost last, in nanoseconds since 1970
	lossOf   atomic.Int64 // how many were lost by then

	recorder atomic.Bool // grants come to Record before they come to Listen

	day    string             // when turn was called last; only the work at intervals uses it
	stop   context.CancelFunc // of the work at intervals
	kill   context.CancelFunc // of the writers
	work   sync.WaitGroup
	calls  sync.WaitGroup // of functions that can hang
	closed sync.Once
}

var (
	_ event.Recorder        = (*Trail)(nil)
	_ event.LeveledListener = (*Trail)(nil)
	_ health.Reporter       = (*Trail)(nil)
)

// New makes a Trail. It reports everything that is wrong with cfg. It does not ask the sinks whether they work: in the mode
// Required, the first grant finds out.
func New(cfg Config) (*Trail, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	t := &Trail{cfg: cfg, now: time.Now, day: dayOf(time.Now()), noise: newNoise(time.Now), open: newStretches()}
	writing, kill := context.WithCancel(context.Background())
	working, stop := context.WithCancel(context.Background())
	t.kill, t.stop = kill, stop
	for _, sink := range cfg.Sinks {
		w := newWriter(cfg, sink, t.now)
		t.writers = append(t.writers, w)
		go w.run(writing)
	}
	t.work.Go(func() { t.run(working) })
	t.calls.Go(func() { t.runCalls(working) })
	return t, nil
}

// EventLevel implements [event.LeveledListener]: reuse of tokens is not written.
func (t *Trail) EventLevel() slog.Level { return slog.LevelInfo }

// Record implements [event.Recorder]. In the mode BestEffort it does nothing. In the mode Required it waits until a
// sink has stored e, at most for Config.Wait.
func (t *Trail) Record(ctx context.Context, e event.Event) error {
	if t.cfg.Mode != Required {
		return nil
	}
	t.recorder.Store(true)
	r := t.recordOf(e)
	ctx, cancel := context.WithTimeout(ctx, t.cfg.Wait)
	defer cancel()
	var givenUp atomic.Bool
	results := make(chan error, len(t.writers))
	var full []*writer
	for _, w := range t.writers {
		done := make(chan error, 1)
		if err := w.put(waiting{record: r, done: done, givenUp: &givenUp}); err != nil {
			results <- err
			full = append(full, w)
			continue
		}
		go func() {
			select {
			case err := <-done:
				results <- err
			case <-ctx.Done():
				results <- ctx.Err()
			}
		}()
	}
	var errs []error
	for range t.writers {
		err := <-results
		if err == nil {
			for _, w := range full {
				w.lose() // the grant is made, and this sink does not have it
			}
			return nil
		}
		errs = append(errs, err)
	}
	givenUp.Store(true)
	return fmt.Errorf("audit: no sink has stored the grant: %w", errors.Join(errs...))
}

// Listen implements [event.Listener].
func (t *Trail) Listen(e event.Event) {
	switch e.Kind {
	case event.TokenReused:
		return
	case event.TokenGranted, event.TokenRenewed:
		t.write(t.open.extend(e)...)
		if e.Kind == event.TokenRenewed || t.recorder.Load() { // it is recorded already
			return
		}
	}
	if e.Corrects == "" && !t.noise.passes(&e, t.now()) {
		return
	}
	t.write(recordOf(e))
	if e.Kind == event.TokensRevoked {
		t.write(t.open.end(&e)...)
	}
}

// recordOf returns the record of an event, without personal data if that is wanted.
func (t *Trail) recordOf(e event.Event) Record {
	r := recordOf(e)
	t.cfg.Pseudonyms.replace(&r)
	return r
}

// write hands records to all sinks. No one waits for them.
func (t *Trail) write(records ...Record) {
	for _, r := range records {
		t.cfg.Pseudonyms.replace(&r)
		for _, w := range t.writers {
			_ = w.put(waiting{record: r}) // it counts what it does not take
		}
	}
}

const (
	lookEvery  = 30 * time.Second // at stretches that have ended
	expireTime = time.Minute
)

// run does what is done at intervals.
func (t *Trail) run(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			t.write(t.open.over(t.now(), false)...)
			t.write(t.noise.take(t.now())...)
			t.noteLosses()
			t.turn()
		}
	}
}

// runCalls does at intervals what calls functions that can hang.
func (t *Trail) runCalls(ctx context.Context) {
	ticker := time.NewTicker(anchorEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			t.giveAnchors()
			t.expire(ctx)
		}
	}
}

// turn has the writers look whether it is another day, also if nothing happens.
func (t *Trail) turn() {
	if today := dayOf(t.now()); t.day != today {
		t.day = today
		for _, w := range t.writers {
			_ = w.put(waiting{})
		}
	}
}

func (t *Trail) noteLosses() {
	if lost := t.Stats().Lost; lost > t.lossOf.Swap(lost) {
		t.lossSeen.Store(t.now().UnixNano())
		rescue.Call(t.cfg.Logger, "the log", func() {
			t.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "audit records lost: too many wait for a sink", slog.Int64("records", lost))
		})
	}
}

// expire deletes what is too old.
func (t *Trail) expire(ctx context.Context) {
	if t.cfg.Retention == 0 {
		return
	}
	before := t.now().Add(-t.cfg.Retention)
	for i, sink := range t.cfg.Sinks {
		e, ok := sink.(Expirer)
		if !ok {
			continue
		}
		n, err := t.expireFrom(ctx, e, before)
		if err != nil && ctx.Err() == nil {
			t.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "old audit records not deleted", slog.Any("error", err))
		}
		if n > 0 {
			r := own(t.now(), RecordsExpired)
			r.Count, r.Until = n, before.UTC()
			_ = t.writers[i].put(waiting{record: r})
		}
	}
}

func (t *Trail) expireFrom(ctx context.Context, e Expirer, before time.Time) (chains int, err error) {
	defer rescue.Into(t.cfg.Logger, "an audit sink", &err)
	ctx, cancel := context.WithTimeout(ctx, expireTime)
	defer cancel()
	return e.Expire(ctx, before) //nolint:wrapcheck // it is logged
}

// Close writes the stretches that go on as far as they are known, and waits until everything is stored or ctx ends; then
// records can be lost, which the error says. Shut the event stream down first. Closing twice is no error.
func (t *Trail) Close(ctx context.Context) (err error) {
	t.closed.Do(func() { err = t.shut(ctx) })
	return err
}

func (t *Trail) shut(ctx context.Context) error {
	t.stop()
	t.work.Wait()
	t.write(t.open.over(t.now(), true)...)
	t.write(t.noise.take(t.now())...)
	t.write(own(t.now(), TrailClosed))
	for _, w := range t.writers {
		w.close()
	}
	stored := done(func() {
		for _, w := range t.writers {
			<-w.ended
		}
	})
	err := wait(ctx, stored)
	t.kill()
	return errors.Join(err, wait(ctx, done(func() {
		t.calls.Wait()
		t.giveAnchors()
	})))
}

// done returns a channel that is closed when f has returned.
func done(f func()) <-chan struct{} {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
	}()
	return ended
}

func wait(ctx context.Context, ended <-chan struct{}) error {
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("audit: not everything is stored, or an anchor is not taken: %w", ctx.Err())
	}
}

// own returns a record of the trail itself.
func own(now time.Time, kind event.Kind) Record {
	return recordOf(event.Event{ID: newID(), Time: now, Kind: kind})
}

func newID() string { return rand.Text() }
