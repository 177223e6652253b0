package tokens

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer/store"
)

// slow returns a call that takes a second, and returns the number of the call as the token.
func slow(calls *atomic.Int64) func() (*store.Entry, error) {
	return func() (*store.Entry, error) {
		n := calls.Add(1)
		time.Sleep(time.Second)
		return &store.Entry{Key: store.Key{Session: string(rune('0' + n))}}, nil
	}
}

func TestReadersWhoComeDuringACallShareTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r reads
		r.init()
		var calls atomic.Int64
		var all sync.WaitGroup
		ask := func(want string) {
			all.Go(func() {
				e, err := r.do(t.Context(), read{}, slow(&calls))
				if err != nil || e.Key.Session != want {
					t.Errorf("the answer of call %s, %v, want that of %s", e.Key.Session, err, want)
				}
			})
		}
		ask("1")
		synctest.Wait()
		for range 100 {
			ask("2")
		}
		time.Sleep(1500 * time.Millisecond) // the second call runs
		ask("3")
		all.Wait()
		if n := calls.Load(); n != 3 || len(r.lines) != 0 {
			t.Errorf("%d calls, %d lines", n, len(r.lines))
		}
	})
}

func TestReaderWhoLeavesEndsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r reads
		r.init()
		var calls atomic.Int64
		var all sync.WaitGroup
		all.Go(func() { _, _ = r.do(t.Context(), read{}, slow(&calls)) })
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		all.Go(func() { // it has the turn, and its call fails as the caller leaves
			if _, err := r.do(ctx, read{}, func() (*store.Entry, error) {
				time.Sleep(time.Second)
				return nil, context.Canceled
			}); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		synctest.Wait()
		for range 3 {
			all.Go(func() {
				if e, err := r.do(t.Context(), read{}, slow(&calls)); e == nil || err != nil {
					t.Error(e, err)
				}
			})
		}
		time.Sleep(1500 * time.Millisecond)
		leave()
		all.Wait()
		if len(r.lines) != 0 {
			t.Errorf("%d lines are left", len(r.lines))
		}
	})
}

func TestNoLineIsLeftIfAllLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r reads
		r.init()
		var calls atomic.Int64
		var all sync.WaitGroup
		all.Go(func() { _, _ = r.do(t.Context(), read{}, slow(&calls)) })
		synctest.Wait()
		ctx, leave := context.WithTimeout(t.Context(), time.Second) // as long as the call
		defer leave()
		for range 20 {
			all.Go(func() { _, _ = r.do(ctx, read{}, slow(&calls)) })
		}
		all.Wait()
		if len(r.lines) != 0 {
			t.Errorf("%d lines are left", len(r.lines))
		}
	})
}
