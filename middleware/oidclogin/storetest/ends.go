package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

func emptyStoreHasNothing(t *testing.T, s store.Store) {
	wantEnds(t, s, make([]time.Time, 2), "a", "b")
	wantEnds(t, s, nil)
	wantValue(t, s, "a", "")
	remove(t, s, "a")
}

func endIsFoundUnderItsName(t *testing.T, s store.Store) {
	end(t, s, "a", at(1), long)
	wantEnds(t, s, []time.Time{at(1)}, "a")
	wantEnds(t, s, []time.Time{{}}, "b")
	end(t, s, "a", at(1), long) // once more changes nothing
	wantEnds(t, s, []time.Time{at(1)}, "a")
}

func laterEndCounts(t *testing.T, s store.Store) {
	end(t, s, "a", at(2), long)
	end(t, s, "a", at(1), long)
	wantEnds(t, s, []time.Time{at(2)}, "a")
	end(t, s, "a", at(3), long)
	wantEnds(t, s, []time.Time{at(3)}, "a")
}

func endsKeepTheirOrder(t *testing.T, s store.Store) {
	end(t, s, "a", at(1), long)
	end(t, s, "c", at(3), long)
	wantEnds(t, s, []time.Time{at(3), {}, at(1), at(3)}, "c", "b", "a", "c")
}

func lastEndOfAllComesBack(t *testing.T, s store.Store) {
	all := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	end(t, s, "a", all, long)
	end(t, s, "a", at(1), long)
	wantEnds(t, s, []time.Time{all}, "a")
	future := time.Now().Add(24 * time.Hour).Truncate(time.Second) // by no means wrong: the provider's clock
	end(t, s, "b", future, long)
	wantEnds(t, s, []time.Time{future}, "b")
}

func endExpires(t *testing.T, s store.Store) {
	end(t, s, "a", at(1), soon)
	end(t, s, "b", at(1), long)
	eventually(t, "the end has expired", func() bool { return ended(t, s, "a")[0].IsZero() })
	wantEnds(t, s, []time.Time{{}, at(1)}, "a", "b")
	end(t, s, "a", at(0), long) // an expired end is not compared with
	wantEnds(t, s, []time.Time{at(0)}, "a")
}

func longerTTLOfAnEndCounts(t *testing.T, s store.Store) {
	end(t, s, "a", at(1), long)
	end(t, s, "a", at(2), soon)
	end(t, s, "b", at(2), soon)
	end(t, s, "b", at(1), long)
	end(t, s, "c", at(1), soon)
	eventually(t, "the end has expired", func() bool { return ended(t, s, "c")[0].IsZero() })
	wantEnds(t, s, []time.Time{at(2), at(2)}, "a", "b")
}

func endIsSeenOnceItReturns(t *testing.T, s store.Store) {
	suite.Together(50, func(i int) {
		name := fmt.Sprint("session", i)
		for n := range 20 {
			wantEnds(t, s, []time.Time{nth(n - 1)}, name)
			end(t, s, name, nth(n), long)
			wantEnds(t, s, []time.Time{nth(n)}, name)
		}
	})
}

// nth returns the time of the nth end, and the zero time for the one before the first.
func nth(n int) time.Time {
	if n < 0 {
		return time.Time{}
	}
	return at(n)
}

func latestOfManyEndsCounts(t *testing.T, s store.Store) {
	suite.Together(50, func(i int) { end(t, s, "user", at(i), long) })
	wantEnds(t, s, []time.Time{at(49)}, "user")
}
