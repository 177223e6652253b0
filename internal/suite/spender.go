package suite

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// A Spender counts for all replicas, as those of the contracts of stores do.
type Spender interface {
	Spend(ctx context.Context, name string, burst int, every time.Duration) (wait time.Duration, err error)
}

// RunSpender checks what the contracts say of a Spender, if the store is one.
func RunSpender(t *testing.T, store any) {
	s, ok := store.(Spender)
	if !ok {
		return // it counts for no other replica
	}
	for name, check := range map[string]func(*testing.T, Spender){
		"BurstAndThenOneEach": burstAndThenOneEach,
		"LimitComesBack":      limitComesBack,
		"ManyAtOnce":          manySpendAtOnce,
		"NamesAreApart":       spentNamesAreApart,
	} {
		t.Run(name, func(t *testing.T) { check(t, s) })
	}
}

func spend(t *testing.T, s Spender, name string, burst int, every time.Duration) time.Duration {
	t.Helper()
	wait, err := s.Spend(t.Context(), name, burst, every)
	if err != nil {
		t.Fatalf("Spend(%q): %v", name, err)
	}
	return wait
}

func burstAndThenOneEach(t *testing.T, s Spender) {
	for n := range 3 {
		if wait := spend(t, s, "burst", 3, time.Hour); wait != 0 {
			t.Fatalf("the user waits %v for number %d of 3", wait, n+1)
		}
	}
	for range 3 { // a refused one takes nothing
		if wait := spend(t, s, "burst", 3, time.Hour); wait <= 59*time.Minute || wait > time.Hour {
			t.Errorf("the user waits %v for the fourth, want an hour", wait)
		}
	}
}

func limitComesBack(t *testing.T, s Spender) {
	const every = 150 * time.Millisecond
	for range 2 {
		spend(t, s, "back", 2, every)
	}
	wait := spend(t, s, "back", 2, every)
	if wait <= 0 || wait > every {
		t.Skipf("this machine is too busy: the user waits %v", wait)
	}
	<-time.After(wait + 20*time.Millisecond)
	if wait := spend(t, s, "back", 2, every); wait != 0 {
		t.Errorf("after the wait, the user waits %v", wait)
	}
}

func manySpendAtOnce(t *testing.T, s Spender) {
	var got atomic.Int32
	Together(50, func(int) {
		if wait, err := s.Spend(t.Context(), "many", 10, time.Hour); wait == 0 && err == nil {
			got.Add(1)
		}
	})
	if n := got.Load(); n != 10 {
		t.Errorf("%d of 50 could spend, want 10", n)
	}
}

func spentNamesAreApart(t *testing.T, s Spender) {
	for _, name := range []string{"", "a", "a ", "A", "a:b", "ab", "ä", "a\x00", "{a}"} {
		if wait := spend(t, s, name, 1, time.Hour); wait != 0 {
			t.Errorf("%q waits %v for what another name has spent", name, wait)
		}
	}
}
