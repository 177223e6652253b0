package flight_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/internal/rescue"
)

func TestOneCallServesAllWhoWantTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		defer g.Close()
		var calls atomic.Int32
		f := func(context.Context) error {
			calls.Add(1)
			time.Sleep(time.Second)
			return nil
		}
		a, b, other := g.Do("k", time.Minute, f), g.Do("k", time.Minute, f), g.Do("other", time.Minute, f)
		<-a
		<-b
		<-other
		if n := calls.Load(); n != 2 {
			t.Errorf("%d calls for two keys", n)
		}
	})
}

func TestAllCallersGetTheValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		defer g.Close()
		calls := 0
		f := func(context.Context) (any, error) {
			calls++
			time.Sleep(time.Second)
			return calls, nil
		}
		a, b := g.Ask("k", time.Minute, f), g.Ask("k", time.Minute, f)
		if x, y := <-a, <-b; x.Val != 1 || y.Val != 1 {
			t.Errorf("values %v and %v, want 1", x.Val, y.Val)
		}
	})
}

func TestCallHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		defer g.Close()
		start := time.Now()
		r := <-g.Do("k", time.Minute, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		if !errors.Is(r.Err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", r.Err, time.Since(start))
		}
	})
}

func TestWaitingCallerMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		defer g.Close()
		broken := errors.New("broken")
		landed := g.Do("k", time.Hour, func(context.Context) error {
			time.Sleep(time.Minute)
			return broken
		})
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if done, err := flight.Wait(ctx, landed, 0); done || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("until ctx ends: %v, %v", done, err)
		}
		start := time.Now()
		if done, err := flight.Wait(t.Context(), landed, 2*time.Second); done || err != nil || time.Since(start) != 2*time.Second {
			t.Errorf("for a while: %v, %v after %v", done, err, time.Since(start))
		}
		if done, err := flight.Wait(t.Context(), landed, 0); !done || !errors.Is(err, broken) {
			t.Errorf("to the end: %v, %v", done, err)
		}
	})
}

func TestPanicIsAnErrorWithoutItsValue(t *testing.T) {
	var log logtest.Buffer
	g := flight.New(slog.New(slog.NewTextHandler(&log, nil)))
	defer g.Close()
	r := <-g.Do("k", time.Minute, func(context.Context) error { panic("secret" + "value") })
	if !errors.Is(r.Err, rescue.ErrPanicked) {
		t.Fatalf("%v, want ErrPanicked", r.Err)
	}
	wantStack(t, log.String())
	if r := <-g.Do("k", time.Minute, func(context.Context) error { return nil }); r.Err != nil {
		t.Errorf("the next call for the key: %v", r.Err)
	}
}

func TestPanicBesideTheCallerEndsNothing(t *testing.T) {
	var log logtest.Buffer
	g := flight.New(slog.New(slog.NewTextHandler(&log, nil)))
	if !g.Go(func(context.Context) { panic("secret" + "value") }) {
		t.Error("Go refused")
	}
	done := make(chan struct{})
	if !g.Go(func(context.Context) { close(done) }) {
		t.Error("Go refused after a panic")
	}
	<-done
	g.Close() // would wait for ever for work that is not given back
	wantStack(t, log.String())
}

func wantStack(t *testing.T, log string) {
	t.Helper()
	if !strings.Contains(log, "panic recovered") || !strings.Contains(log, "flight_test.go") {
		t.Errorf("log %q, want the stack", log)
	}
	if strings.Contains(log, "secretvalue") {
		t.Errorf("the value is in the log: %q", log)
	}
}

func TestNothingOutlivesClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		var running atomic.Int32
		wait := func(ctx context.Context) error {
			running.Add(1)
			defer running.Add(-1)
			<-ctx.Done()
			return ctx.Err()
		}
		g.Do("k", time.Hour, wait)
		if !g.Go(func(ctx context.Context) { _ = wait(ctx) }) {
			t.Error("Go refused")
		}
		synctest.Wait()
		g.Close()
		if n := running.Load(); n != 0 {
			t.Errorf("%d still running", n)
		}
		if r := <-g.Do("k", time.Hour, wait); !errors.Is(r.Err, flight.ErrClosed) {
			t.Errorf("Do after Close: %v", r.Err)
		}
		if g.Go(func(context.Context) { t.Error("ran") }) || !g.Closed() {
			t.Error("Go after Close")
		}
		g.Close()
	})
}

func TestDrainWaitsForWhatIsRunningAndStartsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		landed := g.Do("k", time.Hour, func(ctx context.Context) error {
			<-g.Closing()
			time.Sleep(time.Minute)
			return ctx.Err()
		})
		synctest.Wait()
		start := time.Now()
		if err := g.Drain(t.Context()); err != nil || time.Since(start) != time.Minute || !g.Closed() {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if r := <-landed; r.Err != nil {
			t.Errorf("its context has ended: %v", r.Err)
		}
		if g.Go(func(context.Context) {}) {
			t.Error("a drained group runs more")
		}
		g.Close()
	})
}

func TestDrainLeavesTheRestToClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New(slog.New(slog.DiscardHandler))
		landed := g.Do("k", time.Hour, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		for range 2 {
			if err := g.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
		g.Close()
		if r := <-landed; !errors.Is(r.Err, context.Canceled) {
			t.Errorf("%v", r.Err)
		}
	})
}
