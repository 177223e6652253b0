package matterport_test

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

// listener hears answers of Matterport's that are dated as the test wants it.
type listener struct {
	client *matterport.Client
	local  atomic.Int64 // how far the local clock is off

	mu     sync.Mutex
	header http.Header
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{}
	u := &upstream{graph: func(int, asked) reply {
		l.mu.Lock()
		defer l.mu.Unlock()
		r := graphFailure("not.found")
		r.header = l.header
		return r
	}}
	l.client = newClient(t, u, func(cfg *matterport.Config) {
		cfg.Now = func() time.Time { return time.Now().Round(0).Add(time.Duration(l.local.Load())) }
	})
	return l
}

// hear makes a call whose answer has these headers.
func (l *listener) hear(t *testing.T, header http.Header) {
	t.Helper()
	l.mu.Lock()
	l.header = header
	l.mu.Unlock()
	if _, err := l.client.Model(t.Context(), modelID); err == nil {
		t.Fatal("no error")
	}
}

// off hears an answer dated as far from the truth, and returns how far the clock is then.
func (l *listener) off(t *testing.T, by time.Duration) time.Duration {
	t.Helper()
	l.hear(t, at(time.Now().Add(by)))
	return l.lead()
}

// lead is how far the clock is ahead of the truth.
func (l *listener) lead() time.Duration { return time.Until(serverTime(l.client)) }

func at(date time.Time) http.Header {
	return http.Header{"Date": {date.UTC().Format(http.TimeFormat)}}
}

func TestOneAnswerTurnsTheClockBackByLittle(t *testing.T) {
	for by, want := range map[time.Duration]time.Duration{
		0:                       time.Second,
		-4 * time.Second:        -3 * time.Second,
		-5 * time.Second:        -4 * time.Second,
		-6 * time.Second:        time.Second,
		-time.Minute:            time.Second,
		-time.Hour:              time.Second,
		-26 * time.Hour:         time.Second,
		-250 * 8766 * time.Hour: time.Second, // years
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newListener(t)
			l.off(t, 0)
			time.Sleep(time.Hour)
			if got := l.off(t, by); got != want {
				t.Errorf("%v slow: ServerTime leads by %v, want %v", -by, got, want)
			}
			time.Sleep(time.Hour)
			if got := l.lead(); got != want {
				t.Errorf("%v slow, an hour later: ServerTime leads by %v, want %v", -by, got, want)
			}
		})
	}
}

// What was asked for together is answered through the same proxy: it is no second opinion.
func TestAnswersOfOneBurstDoNotConfirmEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newListener(t)
		l.off(t, 0)
		for range 10 {
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { l.off(t, -time.Hour) })
			}
			all.Wait()
			time.Sleep(time.Second)
		}
		if got := l.lead(); got != time.Second {
			t.Errorf("ServerTime leads by %v; want a second", got)
		}
		if got := l.off(t, -time.Hour); got != time.Second-time.Hour { // ten seconds after the first
			t.Errorf("ServerTime leads by %v; want an hour less a second behind", got)
		}
	})
}

func TestAnswersThatAgreeForAWhileTurnTheClockBack(t *testing.T) {
	type answer struct{ after, by time.Duration }
	slow := -time.Hour
	for name, tc := range map[string]struct {
		answers []answer
		turned  bool
	}{
		"once":                    {[]answer{{0, slow}}, false},
		"twice at once":           {[]answer{{0, slow}, {0, slow}}, false},
		"twice within a while":    {[]answer{{0, slow}, {9 * time.Second, slow}}, false},
		"twice":                   {[]answer{{0, slow}, {10 * time.Second, slow}}, true},
		"twice in days":           {[]answer{{0, slow}, {72 * time.Hour, slow}}, true},
		"often, for a while":      {[]answer{{0, slow}, {4 * time.Second, slow}, {3 * time.Second, slow}, {3 * time.Second, slow}}, true},
		"with jitter":             {[]answer{{0, slow}, {20 * time.Second, slow + 5*time.Second}}, true},
		"not quite the same":      {[]answer{{0, slow}, {20 * time.Second, slow + 6*time.Second}}, false},
		"not at all the same":     {[]answer{{0, slow}, {20 * time.Second, 2 * slow}}, false},
		"the last two agree":      {[]answer{{0, 2 * slow}, {20 * time.Second, slow}, {20 * time.Second, slow}}, true},
		"contradicted":            {[]answer{{0, slow}, {20 * time.Second, 0}, {20 * time.Second, slow}}, false},
		"contradicted, then true": {[]answer{{0, slow}, {1 * time.Second, 0}, {1 * time.Second, slow}, {20 * time.Second, slow}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newListener(t)
				l.off(t, 0)
				for _, a := range tc.answers {
					time.Sleep(a.after)
					l.off(t, a.by)
				}
				if turned := l.lead() < -time.Minute; turned != tc.turned {
					t.Errorf("ServerTime leads by %v; turned back: %v, want %v", l.lead(), turned, tc.turned)
				}
			})
		})
	}
}

func TestOneDateSentAgainAndAgainConfirmsNothing(t *testing.T) {
	for name, extra := range map[string]http.Header{"frozen": {}, "cached": {"Age": {"3600"}}, "undated": {"Date": {""}}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newListener(t)
				l.off(t, 0)
				header := at(time.Now())
				for key, value := range extra {
					header[key] = value
				}
				for range 1000 {
					time.Sleep(3 * time.Second)
					l.hear(t, header)
					if got := l.lead(); got < -5*time.Second {
						t.Fatalf("ServerTime leads by %v", got)
					}
				}
			})
		})
	}
}

func TestClockThatRanAheadHealsByItself(t *testing.T) {
	for name, ahead := range map[string]func(*testing.T, *listener){
		"a date was an hour fast":       func(t *testing.T, l *listener) { l.off(t, time.Hour) },
		"the local clock was set ahead": func(_ *testing.T, l *listener) { l.local.Store(int64(time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newListener(t)
				l.off(t, 0)
				ahead(t, l)
				if got := l.lead(); got < time.Hour {
					t.Fatalf("ServerTime leads by %v: it is believed late", got)
				}
				l.off(t, 0)
				time.Sleep(10 * time.Second)
				if got := l.off(t, 0); got != time.Second {
					t.Errorf("ServerTime leads by %v, want a second", got)
				}
			})
		})
	}
}

// Whatever single answers say, and whatever the local clock does, the clock does not lag by more than the
// tolerance as long as no two wrong answers agree.
func TestServerTimeDoesNotLagForSingleAnswers(t *testing.T) {
	for seed := range uint64(100) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			upTo := func(d time.Duration) time.Duration { return time.Duration(random.Int64N(int64(d))) }
			l := newListener(t)
			l.off(t, 0)
			for range 30 {
				time.Sleep(upTo(time.Minute))
				if random.IntN(3) == 0 {
					l.off(t, upTo(48*time.Hour)-24*time.Hour)
				}
				if random.IntN(10) == 0 {
					l.local.Add(int64(upTo(time.Hour)))
				}
				if got := l.lead(); got < -5*time.Second {
					t.Fatalf("seed %d: ServerTime lags by %v", seed, -got)
				}
				l.off(t, 0)
			}
		})
	}
}
