package budget_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/budget"
)

func TestEachUserHasTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(2, time.Minute)
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

func TestWhatIsRefusedCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := budget.New(1, time.Minute)
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
