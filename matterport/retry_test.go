package matterport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

// passingTroubles may be over a moment later.
var passingTroubles = map[string]reply{
	"500":            {status: 500},
	"503 with HTML":  {status: 503, kind: "text/html", body: "<html>"},
	"429":            {status: 429},
	"quota":          graphFailure("quota.exceeded"),
	"internal error": graphFailure("error.internal"),
	"no connection":  {fails: errors.New("refused")},
	"cut body":       {body: `{"data":`, cut: true},
	"cut error body": {status: 404, body: `{`, cut: true},
	"closed":         {fails: io.EOF},
}

func TestTemporaryErrorIsRetried(t *testing.T) {
	for name, trouble := range passingTroubles {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{
					token: func(n int) reply {
						if n == 1 && trouble.body != graphFailure("quota.exceeded").body {
							return trouble
						}
						return newToken(n)
					},
					graph: func(n int, _ asked) reply {
						if n == 1 {
							return trouble
						}
						return linkReply(time.Now().Add(time.Hour))
					},
				}
				start := time.Now()
				if err := link(t.Context(), newClient(t, u)); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > 600*time.Millisecond {
					t.Errorf("took %v; want at most 200 ms + 400 ms", took)
				}
			})
		})
	}
}

func TestLastingOutageFailsAfterMaxAttempts(t *testing.T) {
	for name, trouble := range passingTroubles {
		for _, attempts := range []int{1, 3, 7} {
			t.Run(fmt.Sprint(name, attempts), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					u := &upstream{graph: func(int, asked) reply { return trouble }}
					client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = attempts })
					start := time.Now()
					err := link(t.Context(), client)
					if !errors.Is(err, matterport.ErrUnavailable) && !errors.Is(err, matterport.ErrRateLimited) {
						t.Errorf("err = %v", err)
					}
					if tokens, graphs := u.counts(); tokens != 1 || graphs != attempts {
						t.Errorf("%d tokens, %d calls; want 1, %d", tokens, graphs, attempts)
					}
					// 0.2 + 0.4 + 0.8 + 1.6 + 2 + 2 s at most
					if took := time.Since(start); took > 7*time.Second {
						t.Errorf("took %v", took)
					}
				})
			})
		}
	}
}

func TestErrorsOfTheTokenEndpointCountAsAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(int) reply { return reply{status: 503} }}
		err := link(t.Context(), newClient(t, u))
		if !errors.Is(err, matterport.ErrUnavailable) {
			t.Errorf("err = %v", err)
		}
		if tokens, _ := u.counts(); tokens != 3 {
			t.Errorf("%d token requests; want 3", tokens)
		}
	})
}

func TestBackoffIsSpreadOverItsWholeRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(n int, _ asked) reply {
			if n%2 == 1 {
				return reply{status: 503}
			}
			return linkReply(time.Now().Add(time.Hour))
		}}
		client := newClient(t, u)
		var low, high int
		for range 200 {
			start := time.Now()
			if err := link(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			switch took := time.Since(start); {
			case took < 100*time.Millisecond:
				low++
			case took <= 200*time.Millisecond:
				high++
			default:
				t.Fatalf("waited %v", took)
			}
		}
		if low < 50 || high < 50 { // a fair coin does this once in 10^12 runs
			t.Errorf("%d short and %d long waits", low, high)
		}
	})
}

func TestRetryAfterIsHonoured(t *testing.T) {
	for name, tc := range map[string]struct {
		header string
		skew   time.Duration // of the server's clock
		want   time.Duration
	}{
		"seconds":                {"7", 0, 7 * time.Second},
		"date":                   {"date", 0, 7 * time.Second},
		"date on a skewed clock": {"date", time.Hour, 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				serverTime := func() time.Time { return time.Now().Add(tc.skew) }
				for _, place := range []string{"token endpoint", "Model API"} {
					busy := func() reply {
						header := tc.header
						if header == "date" {
							header = serverTime().Add(7 * time.Second).UTC().Format(http.TimeFormat)
						}
						return reply{status: 429, header: http.Header{"Retry-After": {header}}}
					}
					u := &upstream{clock: serverTime}
					if place == "Model API" {
						u.graph = func(n int, _ asked) reply {
							if n == 1 {
								return busy()
							}
							return linkReply(time.Now().Add(time.Hour))
						}
					} else {
						u.token = func(n int) reply {
							if n == 1 {
								return busy()
							}
							return newToken(n)
						}
					}
					start := time.Now()
					if err := link(t.Context(), newClient(t, u)); err != nil {
						t.Fatal(err)
					}
					if took := time.Since(start); took != tc.want {
						t.Errorf("%s: waited %v; want %v", place, took, tc.want)
					}
				}
			})
		})
	}
}

func TestWaitThatIsTooLongIsLeftToTheCaller(t *testing.T) {
	for name, tc := range map[string]struct {
		limit  time.Duration // 0: none
		header string
		want   time.Duration
	}{
		"past the deadline":     {5 * time.Second, "7", 7 * time.Second},
		"an hour":               {0, "3600", time.Hour},
		"a year":                {0, "31536000", 24 * time.Hour},
		"more than fits":        {0, "99999999999999999999", 24 * time.Hour},
		"a date far in the way": {0, "Sat, 01 Jan 2000 02:00:00 GMT", 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{
					clock: time.Now, // a bubble begins with the year 2000
					graph: func(int, asked) reply {
						return reply{status: 503, header: http.Header{"Retry-After": {tc.header}}}
					},
				}
				client := newClient(t, u)
				ctx := t.Context()
				if tc.limit > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tc.limit)
					defer cancel()
				}
				start := time.Now()
				err := link(ctx, client)
				if e := failure(t, err); e.RetryAfter != tc.want || !errors.Is(err, matterport.ErrUnavailable) {
					t.Errorf("RetryAfter = %v; want %v (%v)", e.RetryAfter, tc.want, err)
				}
				if took := time.Since(start); took > 0 {
					t.Errorf("waited %v", took)
				}
			})
		})
	}
}

func TestBackoffThatDoesNotFitIsSuggestedToTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(int, asked) reply { return reply{status: 503} }}
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		err := link(ctx, newClient(t, u))
		if e := failure(t, err); e.RetryAfter <= 0 || e.Status != 503 {
			t.Errorf("RetryAfter = %v (%v)", e.RetryAfter, err)
		}
	})
}

func TestSenselessRetryAfterIsIgnored(t *testing.T) {
	for _, header := range []string{"", "-7", "soon", "1.5", "Fri, 31 Dec 1999 00:00:00 GMT", "-99999999999999999999"} {
		synctest.Test(t, func(t *testing.T) {
			u := &upstream{clock: time.Now, graph: func(int, asked) reply {
				return reply{status: 503, header: http.Header{"Retry-After": {header}}}
			}}
			start := time.Now()
			err := link(t.Context(), newClient(t, u))
			if e := failure(t, err); e.RetryAfter != 0 || time.Since(start) > time.Second {
				t.Errorf("%q: RetryAfter %v after %v", header, e.RetryAfter, time.Since(start))
			}
		})
	}
}

func TestEachAttemptHasItsOwnTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(n int, _ asked) reply {
			r := linkReply(time.Now().Add(time.Hour))
			if n == 1 {
				r.delay = time.Hour
			}
			return r
		}}
		start := time.Now()
		if err := link(t.Context(), newClient(t, u)); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took < 10*time.Second || took > 10200*time.Millisecond {
			t.Errorf("took %v; want 10 s and a back-off", took)
		}
	})
}

func TestCallersContextEndsTheCallAtOnce(t *testing.T) {
	places := map[string]*upstream{
		"during the token fetch": {token: func(int) reply { return reply{delay: time.Hour} }},
		"during the call":        {graph: func(int, asked) reply { return reply{delay: time.Hour} }},
		"during the back-off": {graph: func(int, asked) reply {
			return reply{status: 503, header: http.Header{"Retry-After": {"30"}}}
		}},
	}
	for name, u := range places {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, u)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				time.AfterFunc(3*time.Second, cancel)
				start := time.Now()
				err := link(ctx, client)
				if !errors.Is(err, context.Canceled) || errors.Is(err, matterport.ErrUnavailable) || time.Since(start) != 3*time.Second {
					t.Errorf("cancelled: %v after %v", err, time.Since(start))
				}
				_ = failure(t, err)
			})
		})
	}
}

func TestCallersDeadlineIsAlsoUnavailability(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(int, asked) reply { return reply{delay: time.Hour} }}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := link(ctx, newClient(t, u))
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, matterport.ErrUnavailable) || time.Since(start) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}
