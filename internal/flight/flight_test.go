package flight_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/flight"
)

func TestOneCallServesAllWhoWantTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New()
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

func TestCallHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New()
		defer g.Close()
		start := time.Now()
		r := <-g.Do("k", time.Minute, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		if !errors.Is(r.Err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", r.Err, time.Since(start))
		}
	})
}

func TestWhoWaitsMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New()
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
	g := flight.New()
	defer g.Close()
	r := <-g.Do("k", time.Minute, func(context.Context) error { panic("secret") })
	var p *flight.Panic
	if !errors.As(r.Err, &p) || !strings.Contains(p.Error(), "flight_test.go") {
		t.Fatalf("%v, want a *Panic with a stack", r.Err)
	}
	if strings.Contains(p.Error(), `"secret"`) {
		t.Error("the value is in the text")
	}
}

func TestNothingOutlivesClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := flight.New()
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
