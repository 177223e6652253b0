package budget_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/budget"
)

func TestEachUserHasTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(2, time.Minute, time.Now)
		for range 2 {
			if wait := b.Spend("alice"); wait != 0 {
				t.Fatalf("alice waits %v within her burst", wait)
			}
		}
		if wait := b.Spend("alice"); wait != time.Minute {
			t.Errorf("alice waits %v beyond her burst, want a minute", wait)
		}
		if wait := b.Spend("bob"); wait != 0 {
			t.Errorf("bob waits %v for what alice has spent", wait)
		}
	})
}

func TestRefusedCallCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(1, time.Minute, time.Now)
		b.Spend("alice")
		for range 5 {
			b.Spend("alice")
		}
		time.Sleep(time.Minute)
		if wait := b.Spend("alice"); wait != 0 {
			t.Errorf("after a minute alice waits %v", wait)
		}
		if wait := b.Spend("alice"); wait == 0 {
			t.Error("the minute has given alice more than one")
		}
	})
}

func TestSeveralAreSpentTogetherOrNotAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(10, time.Minute, time.Now)
		if wait := b.SpendN("alice", 8); wait != 0 {
			t.Fatalf("alice waits %v for 8 of 10", wait)
		}
		if wait := b.SpendN("alice", 5); wait != 3*time.Minute {
			t.Errorf("alice waits %v for 5 with 2 left, want 3m", wait)
		}
		if wait := b.SpendN("alice", 2); wait != 0 {
			t.Errorf("alice waits %v for the 2 that are left", wait)
		}
		if wait := b.SpendN("alice", 11); wait == 0 {
			t.Error("alice has spent more than there can be")
		}
	})
}

func TestTimeIsTheGivenOne(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := budget.New(1, time.Minute, func() time.Time { return now })
	b.Spend("alice")
	now = now.Add(59 * time.Second)
	if wait := b.Spend("alice"); wait != time.Second {
		t.Errorf("after 59 seconds alice waits %v, want 1s", wait)
	}
	now = now.Add(time.Second)
	if wait := b.Spend("alice"); wait != 0 {
		t.Errorf("after a minute alice waits %v", wait)
	}
}

func TestSpentBudgetsOutlastASweep(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := budget.New(1, time.Minute, func() time.Time { return now })
	for n := range 5000 {
		if wait := b.Spend(strconv.Itoa(n)); wait != 0 {
			t.Fatalf("user %d waits %v at first", n, wait)
		}
	}
	for n := range 5000 {
		if wait := b.Spend(strconv.Itoa(n)); wait == 0 {
			t.Fatalf("user %d spends twice", n)
		}
	}
}
