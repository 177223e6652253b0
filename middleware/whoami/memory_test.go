package whoami_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/whoami"
)

func TestAnswerIsRememberedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := saying()
		g := h.gate(t)
		for round := range 3 {
			wantSignedIn(t, g, with("alice"), "alice")
			time.Sleep(5*time.Second - 1)
			wantSignedIn(t, g, navigation(with("alice")), "alice")
			wantQuestions(t, h, round+1)
			time.Sleep(time.Nanosecond)
		}
		wantSignedIn(t, g, with("bob"), "bob")
		wantSignedIn(t, g, with("alice"), "alice")
		wantQuestions(t, h, 5)
	})
}

func TestThatThereIsNobodyIsRememberedForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := saying()
		g := h.gate(t)
		for range 10 {
			wantUnauthenticated(t, g, with("nobody"))
		}
		wantQuestions(t, h, 1)
		time.Sleep(time.Second)
		wantUnauthenticated(t, g, with("nobody"))
		wantQuestions(t, h, 2)
	})
}

// A host may write the user into the session that a visitor has had before: the cookie stays the same.
func TestPageOpenedAfterTheLoginIsAskedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(answer{status: http.StatusUnauthorized})
		g := h.gate(t, func(c *whoami.Config) { c.LoginURL = "/login" })
		wantUnauthenticated(t, g, with("sid"))
		h.set(func(*http.Request) answer { return answer{body: `{"id":"alice"}`} }) // signs in
		wantSignedIn(t, g, navigation(with("sid")), "alice")
		wantSignedIn(t, g, with("sid"), "alice") // the page's scripts are, too
		wantQuestions(t, h, 2)
	})
}

func TestErrorsAreNotRemembered(t *testing.T) {
	h := always(answer{status: 500})
	g := h.gate(t, quiet)
	wantDoubt(t, g, with("alice"))
	h.set(func(*http.Request) answer { return answer{body: `{"id":"alice"}`} })
	wantSignedIn(t, g, with("alice"), "alice")
}

func TestCacheControlShortensAndNeverLengthens(t *testing.T) {
	for control, want := range map[string]time.Duration{
		"":                               5 * time.Second,
		"private":                        5 * time.Second,
		"private, max-age=2":             2 * time.Second,
		"max-age=3600":                   5 * time.Second,
		"MAX-AGE = 2":                    2 * time.Second,
		`max-age="2"`:                    2 * time.Second,
		"max-age=4, max-age=2":           2 * time.Second,
		"max-age=0":                      0,
		"max-age=-1":                     0,
		"max-age":                        0,
		"max-age=1.5":                    0,
		"max-age=99999999999999999999":   0,
		"no-store":                       0,
		"No-Store":                       0,
		"no-cache":                       0,
		`no-cache="Set-Cookie"`:          0,
		"max-age=60, must-revalidate":    5 * time.Second,
		"public, s-maxage=0":             5 * time.Second,
		"no-store, no-cache, max-age=60": 0,
		"no-storex, x-no-store":          5 * time.Second,
	} {
		t.Run(control, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := always(answer{body: `{"id":"alice"}`, cache: control})
				g := h.gate(t, quiet)
				wantSignedIn(t, g, with("alice"), "alice")
				if want > 0 {
					time.Sleep(want - 1)
					wantSignedIn(t, g, with("alice"), "alice")
					wantQuestions(t, h, 1)
					time.Sleep(time.Nanosecond)
				}
				wantSignedIn(t, g, with("alice"), "alice")
				wantQuestions(t, h, 2)
			})
		})
	}
}

func TestCacheControlCountsForNobodyToo(t *testing.T) {
	h := always(answer{status: http.StatusUnauthorized, cache: "no-store"})
	g := h.gate(t, quiet)
	wantUnauthenticated(t, g, with("alice"))
	wantUnauthenticated(t, g, with("alice"))
	wantQuestions(t, h, 2)
}

func TestHostThatForbidsToRememberIsLoggedOnce(t *testing.T) {
	var log logtest.Buffer
	g := always(answer{body: `{"id":"alice"}`, cache: "no-store"}).gate(t, logged(&log))
	for range 3 {
		wantSignedIn(t, g, with("alice"), "alice")
	}
	if n := strings.Count(log.String(), "the host forbids to remember who is signed in"); n != 1 {
		t.Errorf("logged %d times: %s", n, &log)
	}
}

func TestRememberBelowZeroAsksEveryTime(t *testing.T) {
	var log logtest.Buffer
	h := saying()
	g := h.gate(t, logged(&log), func(c *whoami.Config) { c.Remember = -1 })
	for range 3 {
		wantSignedIn(t, g, with("alice"), "alice")
		wantUnauthenticated(t, g, with("nobody"))
	}
	g.Invalidate("alice")
	wantQuestions(t, h, 6)
	if strings.Contains(log.String(), "forbids") {
		t.Errorf("the log blames the host: %s", &log)
	}
}

func TestInvalidateDropsTheUser(t *testing.T) {
	h := saying()
	g := h.gate(t)
	both := func() {
		wantSignedIn(t, g, with("alice"), "alice")
		wantSignedIn(t, g, with("bob"), "bob")
	}
	both()
	g.Invalidate("alice")
	both()
	wantQuestions(t, h, 3)
	g.Invalidate("")
	both()
	wantQuestions(t, h, 5)
}

// The user is locked out at the host while a question is under way that the host has answered before.
func TestAnswerFromBeforeAnInvalidateIsNeitherRememberedNorGivenToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(answer{body: `{"id":"alice"}`, delay: time.Second})
		g := h.gate(t)
		var all sync.WaitGroup
		all.Go(func() { wantSignedIn(t, g, with("alice"), "alice") }) // came before
		synctest.Wait()
		h.set(func(*http.Request) answer { return answer{status: http.StatusUnauthorized} })
		g.Invalidate("alice")
		wantUnauthenticated(t, g, with("alice")) // while the first question is still under way
		all.Wait()
		wantUnauthenticated(t, g, navigation(with("alice")))
	})
}

func TestOneQuestionServesAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(answer{body: `{"id":"alice"}`, delay: time.Second})
		g := h.gate(t)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() { wantSignedIn(t, g, with("alice"), "alice") })
		}
		all.Wait()
		wantQuestions(t, h, 1)
	})
}

func TestClientThatLeavesCancelsNoQuestionOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(answer{body: `{"id":"alice"}`, delay: time.Second})
		g := h.gate(t, quiet)
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { wantDoubt(t, g, with("alice").WithContext(ctx)) }) // it has asked
		synctest.Wait()
		all.Go(func() { wantSignedIn(t, g, with("alice"), "alice") })
		synctest.Wait()
		leave()
		all.Wait()
		wantQuestions(t, h, 1)
		if err := degraded(t, g); err != nil {
			t.Errorf("health: %v", err)
		}
	})
}

func TestQuestionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		now, most := 0, 0
		count := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			now += n
			most = max(most, now)
		}
		h := &host{says: func(r *http.Request) answer {
			count(1)
			defer count(-1)
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
				return answer{err: r.Context().Err()}
			}
			c, _ := r.Cookie("sid")
			return answer{body: `{"id":"` + c.Value + `"}`}
		}}
		g := h.gate(t, quiet, func(c *whoami.Config) { c.Limit = 2; c.Timeout = 3500 * time.Millisecond })
		codes := map[int]int{}
		var all sync.WaitGroup
		began := time.Now()
		for n := range 60 { // 2 are asked at once, 32 wait, of whom 4 have their turn in time, and the others are refused at once
			all.Go(func() {
				w, _ := visit(g, with(string(rune('A'+n))))
				mu.Lock()
				defer mu.Unlock()
				codes[w.Code]++
				if w.Code == http.StatusServiceUnavailable && time.Since(began) == 0 {
					codes[0]++
				}
			})
		}
		all.Wait()
		if most != 2 || codes[200] != 6 || codes[503] != 54 || codes[0] != 26 {
			t.Errorf("%d questions at once, %v; want 2, 6 answered, 54 refused, 26 of them at once", most, codes)
		}
		if took := time.Since(began); took > 3500*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if err := degraded(t, g); err == nil { // the last two questions were not answered in time
			t.Error("health is well")
		}
	})
}

func TestCloseEndsAQuestionInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := always(answer{delay: time.Hour})
		g := h.gate(t, quiet)
		var all sync.WaitGroup
		all.Go(func() { wantDoubt(t, g, with("alice")) })
		synctest.Wait()
		began := time.Now()
		for range 2 {
			if err := g.Close(); err != nil || time.Since(began) != 0 {
				t.Errorf("closed after %v: %v", time.Since(began), err)
			}
		}
		all.Wait()
		wantDoubt(t, g, with("bob"))
		if err := degraded(t, g); err != nil {
			t.Errorf("health: %v", err)
		}
	})
}

func TestRevokedSessionIsRefusedAlthoughItIsRemembered(t *testing.T) {
	h := always(answer{body: `{"id":"alice","session":"s1","signed_in_at":1769846400}`})
	g := h.gate(t, func(c *whoami.Config) {
		c.Revocations, c.SessionLifetime = middleware.NewMemoryRevocations(), 100*365*24*time.Hour
	})
	wantSignedIn(t, g, with("alice"), "alice")
	if err := g.RevokeSessions(t.Context(), "alice", "s1"); err != nil {
		t.Fatal(err)
	}
	wantUnauthenticated(t, g, with("alice"))
	wantQuestions(t, h, 1)
	h.set(func(*http.Request) answer {
		return answer{body: `{"id":"alice","session":"s2","signed_in_at":1769846401}`}
	})
	wantSignedIn(t, g, with("new"), "alice") // of another session
}
