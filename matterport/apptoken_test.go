package matterport_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func link(ctx context.Context, client *matterport.Client) error {
	_, err := client.CreateEmbedLink(ctx, modelID, 10*time.Minute)
	return err
}

func TestCredentialsGoInTheBodyOfTheTokenRequest(t *testing.T) {
	u := &upstream{}
	if err := link(t.Context(), newClient(t, u)); err != nil {
		t.Fatal(err)
	}
	want := asked{form: map[string][]string{
		"grant_type": {"client_credentials"}, "client_id": {"client-id"}, "client_secret": {clientSecret},
	}}
	got := u.tokens[0]
	got.at = time.Time{}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(asked{})); diff != "" {
		t.Errorf("token request (-want +got):\n%s", diff)
	}
}

func TestApplicationTokenIsRenewedAheadOfItsEnd(t *testing.T) {
	for name, tc := range map[string]struct {
		life        string
		quiet, soon time.Duration // no renewal then; renewal then, with the old token still good
	}{
		"an hour":    {"3600", 58*time.Minute + 59*time.Second, 59*time.Minute + time.Second},
		"as a text":  {`"3600"`, 58*time.Minute + 59*time.Second, 59*time.Minute + time.Second},
		"short":      {"30", 26 * time.Second, 28 * time.Second},
		"very long":  {"2147483647", 23 * time.Hour, 24*time.Hour - time.Second},
		"very short": {"2", 1700 * time.Millisecond, 1900 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(n int) reply { return tokenOfLife(n, tc.life) }}
				client := newClient(t, u)
				start := time.Now()
				for _, step := range []struct {
					at     time.Duration
					bearer string
					tokens int
				}{
					{0, appBearer + "-1", 1},
					{tc.quiet, appBearer + "-1", 1},
					{tc.soon, appBearer + "-1", 2}, // used while its successor is fetched
					{tc.soon, appBearer + "-2", 2},
				} {
					time.Sleep(time.Until(start.Add(step.at)))
					if err := link(t.Context(), client); err != nil {
						t.Fatal(err)
					}
					synctest.Wait()
					tokens, graphs := u.counts()
					if got := u.graphs[graphs-1].bearer; got != step.bearer || tokens != step.tokens {
						t.Errorf("at %v: bearer %s, %d tokens; want %s, %d", step.at, got, tokens, step.bearer, step.tokens)
					}
				}
			})
		})
	}
}

func TestTokenThatRanOutIsNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{}
		client := newClient(t, u)
		for range 2 {
			if err := link(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
		}
		if got, want := u.graphs[1].bearer, appBearer+"-2"; got != want {
			t.Errorf("bearer = %s; want %s", got, want)
		}
	})
}

func TestTokenOfUnknownLifeIsUsedUntilRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(n int) reply { return tokenOfLife(n, "null") }}
		client := newClient(t, u)
		for range 2 {
			if err := link(t.Context(), client); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Hour)
		}
		if tokens, _ := u.counts(); tokens != 1 {
			t.Errorf("%d tokens were fetched; want 1", tokens)
		}
	})
}

func TestFailedRenewalIsNotNoticedWhileTheOldTokenLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(n int) reply {
			if n == 2 {
				return reply{status: http.StatusBadGateway, delay: 5 * time.Second}
			}
			return newToken(n)
		}}
		client := newClient(t, u)
		for _, at := range []time.Duration{0, 3550 * time.Second} {
			time.Sleep(at)
			before := time.Now()
			if err := link(t.Context(), client); err != nil || time.Since(before) > 0 {
				t.Fatalf("after %v: %v", time.Since(before), err)
			}
		}
	})
}

func TestOneTokenFetchHoweverManyCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(n int) reply { r := newToken(n); r.delay = 50 * time.Millisecond; return r }}
		client := newClient(t, u)
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if err := link(t.Context(), client); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if tokens, graphs := u.counts(); tokens != 1 || graphs != 1000 {
			t.Errorf("%d token requests, %d calls; want 1, 1000", tokens, graphs)
		}
	})
}

func TestCallerCanLeaveWithoutCancellingTheFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(n int) reply { r := newToken(n); r.delay = 5 * time.Second; return r }}
		client := newClient(t, u)
		first, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() { left <- link(first, client) }()
		synctest.Wait()
		stayed := make(chan error)
		go func() { stayed <- link(t.Context(), client) }()
		time.Sleep(time.Second)
		leave()
		synctest.Wait()
		select {
		case err := <-left:
			if !errors.Is(err, context.Canceled) || errors.Is(err, matterport.ErrUnavailable) {
				t.Errorf("the one that left got %v", err)
			}
			_ = failure(t, err)
		default:
			t.Fatal("the one that left is kept")
		}
		if err := <-stayed; err != nil {
			t.Errorf("the one that stayed got %v", err)
		}
		if tokens, _ := u.counts(); tokens != 1 {
			t.Errorf("%d token requests; want 1", tokens)
		}
	})
}

func TestCallersThatShareAFetchDoNotShareItsError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(int) reply { return reply{status: 401, delay: time.Second} }}
		client := newClient(t, u)
		errs := make([]*matterport.Error, 2)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { errs[i] = failure(t, link(t.Context(), client)) })
		}
		all.Wait()
		if tokens, _ := u.counts(); tokens != 1 || errs[0] == errs[1] {
			t.Errorf("%d token requests; one error for both: %v", tokens, errs[0] == errs[1])
		}
	})
}

func TestHangingTokenFetchEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(int) reply { return reply{delay: time.Hour} }}
		client := newClient(t, u)
		start := time.Now()
		err := link(t.Context(), client)
		if !errors.Is(err, matterport.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("err = %v", err)
		}
		if took := time.Since(start); took < 30*time.Second || took > 31*time.Second {
			t.Errorf("took %v; want three attempts of 10 s", took)
		}
	})
}

func TestPanicInTheTransportIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(n int) reply {
			if n == 1 {
				return reply{panics: clientSecret}
			}
			return newToken(n)
		}}
		client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
		if err := link(t.Context(), client); !errors.Is(err, matterport.ErrUnavailable) {
			t.Errorf("err = %v", err)
		}
		if err := link(t.Context(), client); err != nil {
			t.Errorf("after the panic: %v", err)
		}
	})
}

// panickyLog panics when a token has been renewed, inside the flight.
type panickyLog struct{ slog.Handler }

func (panickyLog) Enabled(context.Context, slog.Level) bool { return true }

func (panickyLog) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "matterport application token renewed" {
		panic("the log is full")
	}
	return nil
}

func TestPanicOfTheLogInAFlightIsAnError(t *testing.T) {
	client := newClient(t, new(upstream), func(cfg *matterport.Config) {
		cfg.MaxAttempts, cfg.Logger = 1, slog.New(panickyLog{slog.DiscardHandler})
	})
	if err := link(t.Context(), client); !errors.Is(err, matterport.ErrUnavailable) {
		t.Errorf("err = %v", err)
	}
}

func TestWrongClientCredentialsAreNotTriedAgain(t *testing.T) {
	for name, r := range map[string]reply{
		"401":                     {status: 401, body: `{"error":"invalid_client","error_description":"no such client"}`},
		"400":                     {status: 400, body: `{"error":"invalid_client"}`},
		"403":                     {status: 403, body: `{"error":"access_denied"}`},
		"400 unauthorized_client": {status: 400, body: `{"error":"unauthorized_client"}`},
		"401 with HTML":           {status: 401, kind: "text/html", body: `<html>`},
		"401 and nothing":         {status: 401},
		"400 invalid_grant":       {status: 400, body: `{"error":"invalid_grant"}`},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{token: func(int) reply { return r }}
			err := link(t.Context(), newClient(t, u))
			mustBe(t, err, matterport.ErrUnauthorized)
			if e := failure(t, err); e.Op != "applicationToken" || e.Status != r.status || !strings.HasPrefix(e.Message, "check the client ID") {
				t.Errorf("Op %q, Status %d, Message %q", e.Op, e.Status, e.Message)
			}
			if tokens, graphs := u.counts(); tokens != 1 || graphs != 0 {
				t.Errorf("%d token requests, %d calls; want 1, 0", tokens, graphs)
			}
		})
	}
}

func TestUselessTokenAnswersAreMalformed(t *testing.T) {
	for name, r := range map[string]reply{
		"HTML":             {kind: "text/html", body: `<html>` + clientSecret},
		"empty":            {},
		"form":             {kind: "text/plain", body: `access_token=x&token_type=bearer`},
		"no token":         {body: `{"token_type":"Bearer","expires_in":3599}`},
		"null token":       {body: `{"access_token":null}`},
		"spaces in it":     {body: `{"access_token":"a b"}`},
		"a line in it":     {body: `{"access_token":"a\r\nX: y"}`},
		"other type":       {body: `{"access_token":"a","token_type":"mac"}`},
		"expires_in":       {body: `{"access_token":"a","expires_in":"soon"}`},
		"redirect":         {status: 302, header: http.Header{"Location": {"https://example.com/"}}},
		"not found":        {status: 404, kind: "text/html", body: "<h1>"},
		"other framework":  {status: 404, body: `{"status":404,"error":"Not Found"}`},
		"longer than 1MiB": {body: `{"access_token":"a","x":"` + string(make([]byte, 1<<20)) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return r }}
				err := link(t.Context(), newClient(t, u))
				if !errors.Is(err, matterport.ErrMalformed) {
					t.Errorf("err = %v; want ErrMalformed", err)
				}
				if tokens, graphs := u.counts(); tokens != 1 || graphs != 0 {
					t.Errorf("%d token requests, %d calls; want 1, 0", tokens, graphs)
				}
			})
		})
	}
}

func TestCloseEndsTheFetchAndRefusesLaterCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{token: func(int) reply { return reply{delay: time.Hour} }}
		client := newClient(t, u)
		done := make(chan error)
		go func() { done <- link(t.Context(), client) }()
		synctest.Wait()
		start := time.Now()
		_ = client.Close()
		if err := <-done; !errors.Is(err, matterport.ErrClosed) {
			t.Errorf("the waiting call got %v", err)
		}
		if err := link(t.Context(), client); !errors.Is(err, matterport.ErrClosed) {
			t.Errorf("a later call got %v", err)
		}
		if time.Since(start) > 0 {
			t.Errorf("Close took %v", time.Since(start))
		}
	})
}
