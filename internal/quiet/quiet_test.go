package quiet_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/quiet"
)

func TestTheLongestWishHoldsForItsKeyOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := quiet.New[string](time.Now, time.Minute)
		want := func(key string, left time.Duration) {
			t.Helper()
			if got := q.Left(key); got != left {
				t.Errorf("%s: %v left, want %v", key, got, left)
			}
		}
		want("a", 0)
		q.Keep("a", 0)
		q.Keep("a", -time.Second)
		want("a", 0)
		q.Keep("a", 20*time.Second)
		q.Keep("a", 5*time.Second)
		want("a", 20*time.Second)
		want("b", 0)
		q.Keep("b", 24*time.Hour)
		want("b", time.Minute)
		time.Sleep(20 * time.Second)
		want("a", 0)
		want("b", 40*time.Second)
	})
}

func TestClockSetBackKeepsQuietNoLongerThanAllowed(t *testing.T) {
	now := time.Unix(1e9, 0)
	q := quiet.New[int](func() time.Time { return now }, time.Minute)
	q.Keep(1, time.Hour)
	now = now.Add(-24 * time.Hour)
	if left := q.Left(1); left != time.Minute {
		t.Errorf("%v left", left)
	}
}

func TestExpiredEntriesTakeNoRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := quiet.New[int](time.Now, time.Minute)
		for i := range 10_000 {
			q.Keep(i, time.Second)
			time.Sleep(10 * time.Millisecond)
		}
		if n := q.Len(); n > 1200 {
			t.Errorf("%d keys", n)
		}
	})
}
