package matterport_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

func TestTimeIsLearnedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{clock: func() time.Time { return time.Now().Add(5 * time.Minute) }}
		u.token = func(n int) reply { r := newToken(n); r.delay = 2 * time.Second; return r }
		client := newClient(t, u)
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if err := client.LearnServerTime(t.Context()); err != nil {
					t.Error(err)
				}
				if now, known := client.ServerTime(); !known || time.Until(now) < 5*time.Minute {
					t.Errorf("ServerTime = %v, %v", now, known)
				}
			})
		}
		all.Wait()
		time.Sleep(2 * time.Hour) // the application token is over, the time is not
		if err := client.LearnServerTime(t.Context()); err != nil {
			t.Error(err)
		}
		if err := link(t.Context(), client); err != nil {
			t.Error(err)
		}
		if tokens, graphs := u.counts(); tokens != 2 || graphs != 1 {
			t.Errorf("%d token requests, %d calls; want one to learn, one for the call", tokens, graphs)
		}
	})
}

func TestTimeIsNotLearnedFromATokenWithoutADate(t *testing.T) {
	for name, header := range map[string]http.Header{
		"no date": {"Date": {""}}, "no sense": {"Date": {"yesterday"}}, "cached": {"Age": {"3"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{clock: time.Now, token: func(n int) reply { r := newToken(n); r.header = header; return r }}
				client := newClient(t, u)
				for range 3 {
					err := client.LearnServerTime(t.Context())
					mustBe(t, err, matterport.ErrMalformed)
					if e := failure(t, err); e.Op != "applicationToken" || !strings.Contains(e.Message, "pass Date on") {
						t.Errorf("%q does not say what to check", err)
					}
				}
				if tokens, _ := u.counts(); tokens != 1 {
					t.Errorf("%d application tokens were fetched", tokens)
				}
				if err := link(t.Context(), client); err != nil { // this answer is dated
					t.Error(err)
				}
				if err := client.LearnServerTime(t.Context()); err != nil {
					t.Errorf("the time is known, and yet %v", err)
				}
			})
		})
	}
}

func TestTimeCannotBeLearnedDuringAnOutage(t *testing.T) {
	for name, tc := range map[string]struct {
		reply reply
		want  error
		calls int
	}{
		"down":         {reply{status: 503}, matterport.ErrUnavailable, 3},
		"a proxy":      {reply{status: 502, kind: "text/html", body: "<html>", header: at(time.Unix(1e9, 0))}, matterport.ErrUnavailable, 3},
		"other secret": {reply{status: 401, body: `{"error":"invalid_client"}`}, matterport.ErrUnauthorized, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return tc.reply }}
				client := newClient(t, u)
				mustBe(t, client.LearnServerTime(t.Context()), tc.want)
				if tokens, _ := u.counts(); tokens != tc.calls {
					t.Errorf("%d requests; want %d", tokens, tc.calls)
				}
				if _, known := client.ServerTime(); known {
					t.Error("the time is known")
				}
			})
		})
	}
}

func TestCallerThatLearnsTheTimeMayLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{clock: time.Now, token: func(n int) reply { r := newToken(n); r.delay = 5 * time.Second; return r }}
		client := newClient(t, u)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		if err := client.LearnServerTime(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
		if err := client.LearnServerTime(t.Context()); err != nil {
			t.Error(err)
		}
		if tokens, _ := u.counts(); tokens != 1 {
			t.Errorf("%d requests; want the one", tokens)
		}
		_ = client.Close()
		if err := client.LearnServerTime(t.Context()); err != nil {
			t.Errorf("the time is known, and yet %v", err)
		}
	})
}

func TestTimeIsNotLearnedAfterClose(t *testing.T) {
	client := newClient(t, &upstream{clock: time.Now})
	_ = client.Close()
	mustBe(t, client.LearnServerTime(t.Context()), matterport.ErrClosed)
}

// An end is written down, and compared with the clocks of other processes: it must not be later than the
// token's, whichever of the clock and the answer's date is wrong.
func TestAccessTokenEndsEarlyRatherThanLate(t *testing.T) {
	for name, tc := range map[string]struct {
		first  time.Duration // how far the clock is off
		cold   bool          // not known at all
		header http.Header   // of the grant
		want   time.Duration // from the grant on; zero: not known
	}{
		"both right":               {0, false, nil, time.Hour},
		"cold":                     {0, true, nil, time.Hour},
		"the clock is ahead":       {time.Hour, false, nil, time.Hour},
		"the date is ahead":        {0, false, http.Header{"Date": {"Sat, 01 Jan 2000 01:01:00 GMT"}}, time.Hour},
		"the date is an hour slow": {0, false, http.Header{"Date": {"Fri, 31 Dec 1999 23:01:00 GMT"}}, 0},
		"no date":                  {0, false, http.Header{"Date": {""}}, time.Hour},
		"cold, no date":            {0, true, http.Header{"Date": {""}}, -1},
		"cold, cached":             {0, true, http.Header{"Age": {"5"}}, -1},
	} {
		for op, grant := range grants {
			t.Run(name+"/"+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // from 00:00 on
					u := &upstream{clock: time.Now}
					app := newApp(t, u)
					u.graph = func(int, asked) reply {
						r := graphFailure("not.found")
						r.header = at(time.Now().Add(tc.first))
						return r
					}
					if !tc.cold {
						_, _ = app.Model(t.Context(), accessBearer, modelID)
					}
					time.Sleep(time.Minute)
					u.token = func(int) reply { r := grantOf("3600"); r.header = tc.header; return r }
					token, err := grant(t, app)
					switch {
					case err != nil:
						t.Fatal(err)
					case token.Life != time.Hour || token.RefreshToken == "":
						t.Errorf("Life %v, refresh token %q", token.Life, string(token.RefreshToken))
					case tc.want < 0 && !token.ValidUntil.IsZero():
						t.Errorf("valid until %v though the time is not known", token.ValidUntil)
					case tc.want >= 0 && !token.ValidUntil.Equal(time.Now().Add(tc.want)):
						t.Errorf("valid for %v; want %v", time.Until(token.ValidUntil), tc.want)
					}
				})
			})
		}
	}
}

// A machine at Matterport whose clock is an hour fast dates both its answer and the token.
func TestEmbedTokenOfAFastMachineEndsWhenItWasAskedTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{clock: time.Now, graph: func(int, asked) reply {
			fast := time.Now().Add(time.Hour)
			r := linkReply(fast.Add(10 * time.Minute))
			r.header = at(fast)
			return r
		}}
		token, err := newClient(t, u).CreateEmbedLink(t.Context(), modelID, 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if left := time.Until(token.ValidUntil); left > 10*time.Minute+time.Second {
			t.Errorf("%v left of ten minutes", left)
		}
	})
}

// A single date that is slow costs no token: Matterport has said by its own clock when it ends.
func TestEmbedTokenOfASlowDateIsGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{clock: time.Now, graph: func(int, asked) reply {
			r := linkReply(time.Now().Add(10 * time.Minute))
			r.header = at(time.Now().Add(-time.Hour))
			return r
		}}
		client := newClient(t, u)
		token, err := client.CreateEmbedLink(t.Context(), modelID, 10*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if left := token.ValidUntil.Sub(serverTime(client)); left != 10*time.Minute-time.Second {
			t.Errorf("%v left of ten minutes", left)
		}
	})
}
