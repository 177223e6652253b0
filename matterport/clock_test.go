package matterport_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

func TestServerTimeIsLocalUntilTheFirstAnswer(t *testing.T) {
	local := time.Date(2026, 5, 4, 3, 2, 1, 0, time.FixedZone("", 3600))
	client := newClient(t, &upstream{}, func(cfg *matterport.Config) { cfg.Now = func() time.Time { return local } })
	if got, known := client.ServerTime(); known || !got.Equal(local) || got.Location() != time.UTC {
		t.Errorf("ServerTime = %v, %v; want %v in UTC, not known", got, known, local)
	}
}

// The server stamps its answer somewhere between the request's start and the answer's arrival; the
// client cannot know where, and must not lag in any case.
func TestServerTimeNeverLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 1))
		upTo := func(d time.Duration) time.Duration { return time.Duration(random.Int64N(int64(d))) }
		for range 300 {
			skew, early, late := upTo(48*time.Hour)-24*time.Hour, upTo(5*time.Second), upTo(5*time.Second)
			server := func() time.Time { return time.Now().Add(skew) }
			atStart := random.IntN(2) == 0
			u := &upstream{}
			u.graph = func(int, asked) reply {
				time.Sleep(early)
				r := linkReply(server().Add(time.Hour))
				r.header = http.Header{"Date": {server().UTC().Format(http.TimeFormat)}}
				r.delay = late
				return r
			}
			u.token = func(n int) reply {
				r := newToken(n)
				if atStart { // an answer of hours ago must not count any more
					r.header = http.Header{"Date": {server().Add(-5 * time.Hour).UTC().Format(http.TimeFormat)}}
				}
				return r
			}
			client := newClient(t, u)
			if err := link(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			time.Sleep(upTo(time.Hour))
			lead := serverTime(client).Sub(server())
			if lead <= 0 || lead > time.Second+early+late {
				t.Fatalf("ServerTime leads by %v after an answer that took %v + %v", lead, early, late)
			}
			_ = client.Close()
		}
	})
}

func TestLocalClockSetBackDoesNotTakeServerTimeAlong(t *testing.T) {
	server := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	local := server.Add(17 * time.Minute)
	u := &upstream{clock: func() time.Time { return server }}
	client := newClient(t, u, func(cfg *matterport.Config) { cfg.Now = func() time.Time { return local } })
	if err := link(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ shift, want time.Duration }{
		{0, time.Second},
		{time.Minute, time.Minute + time.Second},
		{-3 * time.Hour, time.Second},
	} {
		local = server.Add(17*time.Minute + step.shift)
		if got := serverTime(client).Sub(server); got != step.want {
			t.Errorf("local clock shifted by %v: ServerTime is %v past the answer's date; want %v", step.shift, got, step.want)
		}
	}
}
