package keylock_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect/sqlstore/internal/keylock"
)

func lock(t *testing.T, l *keylock.Locks[string], key string) (unlock func()) {
	t.Helper()
	unlock, err := l.Lock(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return unlock
}

func TestOneHolderPerKey(t *testing.T) {
	var l keylock.Locks[string]
	var wg sync.WaitGroup
	counts := map[string]*int{"a": new(int), "b": new(int)} // the race detector watches them
	for key, n := range counts {
		for range 100 {
			wg.Go(func() {
				unlock := lock(t, &l, key)
				defer unlock()
				*n++
			})
		}
	}
	wg.Wait()
	for key, n := range counts {
		if *n != 100 {
			t.Errorf("%d for %s, want 100", *n, key)
		}
	}
}

func TestOtherKeysAreFree(t *testing.T) {
	var l keylock.Locks[string]
	defer lock(t, &l, "a")()
	lock(t, &l, "b")()
}

func TestWaitersAreServedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l keylock.Locks[string]
		unlock := lock(t, &l, "a")
		var order []int
		for i := range 5 {
			go func() {
				defer lock(t, &l, "a")()
				order = append(order, i)
			}()
			synctest.Wait()
		}
		unlock()
		synctest.Wait()
		for i, got := range order {
			if got != i {
				t.Fatalf("served in the order %v", order)
			}
		}
		if len(order) != 5 {
			t.Errorf("%d are served, want 5", len(order))
		}
	})
}

func TestWaiterLeavesWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l keylock.Locks[string]
		unlock := lock(t, &l, "a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.Lock(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want that of the context", err)
		}
		unlock()
		if _, err := l.Lock(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a free lock under an ended context: error %v, want that of the context", err)
		}
		lock(t, &l, "a")()
	})
}
