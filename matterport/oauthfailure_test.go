package matterport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

// sentinels are all that a caller may branch on.
var sentinels = []error{
	matterport.ErrNotFound, matterport.ErrUnauthorized, matterport.ErrTokenRefused, matterport.ErrReconnect,
	matterport.ErrRateLimited, matterport.ErrUnavailable, matterport.ErrMalformed, matterport.ErrInvalid, matterport.ErrClosed,
}

// mustBe checks that err is of one kind, with all that this kind wraps, and of no other.
func mustBe(t testing.TB, err, kind error) {
	t.Helper()
	for _, other := range sentinels {
		if is := errors.Is(err, other); is != errors.Is(kind, other) {
			t.Errorf("errors.Is(%v, %v) = %v", err, other, is)
		}
	}
}

func TestVoidGrantIsToldFromARefusedApplication(t *testing.T) {
	void, refused := matterport.ErrReconnect, matterport.ErrUnauthorized
	for name, tc := range map[string]struct {
		reply reply
		want  error
	}{
		"invalid_grant":                  {reply{status: 400, body: `{"error":"invalid_grant"}`}, void},
		"invalid_grant, described":       {reply{status: 400, body: `{"error":"invalid_grant","error_description":"revoked"}`}, void},
		"invalid_grant, 401":             {reply{status: 401, body: `{"error":"invalid_grant"}`}, void},
		"invalid_grant, 200":             {reply{body: `{"error":"invalid_grant"}`}, void},
		"invalid_grant as an object":     {reply{status: 400, body: `{"error":{"code":"invalid_grant"}}`}, void},
		"invalid_grant of a sick server": {reply{status: 500, body: `{"error":"invalid_grant"}`}, matterport.ErrUnavailable},
		"invalid_grant of a busy one":    {reply{status: 429, body: `{"error":"invalid_grant"}`}, matterport.ErrRateLimited},
		"invalid_grant in HTML":          {reply{status: 400, kind: "text/html", body: `invalid_grant`}, matterport.ErrMalformed},
		"invalid_grant of a redirect":    {reply{status: 302, body: `{"error":"invalid_grant"}`}, matterport.ErrMalformed},

		"invalid_client":       {reply{status: 401, body: `{"error":"invalid_client"}`}, refused},
		"invalid_client, 400":  {reply{status: 400, body: `{"error":"invalid_client","error_description":"invalid_grant"}`}, refused},
		"unauthorized_client":  {reply{status: 400, body: `{"error":"unauthorized_client"}`}, refused},
		"access_denied":        {reply{status: 403, body: `{"error":"access_denied"}`}, refused},
		"invalid_token":        {reply{status: 401, body: `{"error":"invalid_token"}`}, refused},
		"unauthenticated":      {graphFailure("request.unauthenticated"), refused},
		"401 and nothing":      {reply{status: 401}, refused},
		"401 with HTML":        {reply{status: 401, kind: "text/html", body: `<html>`}, refused},
		"invalid_scope":        {reply{status: 400, body: `{"error":"invalid_scope"}`}, matterport.ErrInvalid},
		"unsupported_grant":    {reply{status: 400, body: `{"error":"unsupported_grant_type"}`}, matterport.ErrInvalid},
		"invalid_request":      {reply{status: 400, body: `{"error":"invalid_request"}`}, matterport.ErrInvalid},
		"server_error":         {reply{status: 400, body: `{"error":"server_error"}`}, matterport.ErrUnavailable},
		"503":                  {reply{status: 503}, matterport.ErrUnavailable},
		"429":                  {reply{status: 429}, matterport.ErrRateLimited},
		"not Matterport's 404": {reply{status: 404, body: `{"error":"Not Found"}`}, matterport.ErrMalformed},
		"no connection":        {reply{fails: &net.OpError{Op: "dial", Err: errors.New("refused")}}, matterport.ErrUnavailable},
		"broken connection":    {reply{fails: io.EOF}, matterport.ErrUnavailable},
		"cut-off answer":       {reply{body: `{"error":"invalid_grant"`, cut: true}, matterport.ErrUnavailable},
	} {
		for op, grant := range grants {
			t.Run(name+"/"+op, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return tc.reply }}
				token, err := grant(t, newApp(t, u, func(cfg *matterport.OAuthConfig) { cfg.MaxAttempts = 1 }))
				if token != nil {
					t.Error("a token came of it")
				}
				mustBe(t, err, tc.want)
				status := tc.reply.status
				if status == 0 && tc.reply.fails == nil {
					status = 200
				}
				if e := failure(t, err); e.Op != op || e.Status != status {
					t.Errorf("Op %q, Status %d; want %s, %d", e.Op, e.Status, op, status)
				}
			})
		}
	}
}

// A code comes from a browser, and anybody can make up one that is part of upstream's words.
func TestVoidGrantIsKnownWhateverTheCodeIs(t *testing.T) {
	u := &upstream{token: func(int) reply { return reply{status: 400, body: `{"error":"invalid_grant"}`} }}
	for _, code := range []string{"grant", "invalid_grant", "_", "i"} {
		_, err := newApp(t, u).Exchange(t.Context(), "ATTEMPT", code, pkceVerifier)
		mustBe(t, err, matterport.ErrReconnect)
	}
}

// repetitions are failures, and how often each grant is tried in all.
var repetitions = map[string]struct {
	reply              reply
	exchanges, refresh int
}{
	"no connection":     {reply{fails: &net.OpError{Op: "dial", Err: errors.New("refused")}}, 3, 3},
	"no such host":      {reply{fails: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}}, 3, 3},
	"no proxy":          {reply{fails: &net.OpError{Op: "proxyconnect", Err: errors.New("refused")}}, 3, 3},
	"connection lost":   {reply{fails: io.EOF}, 1, 3},
	"connection reset":  {reply{fails: &net.OpError{Op: "read", Err: errors.New("reset")}}, 1, 3},
	"half sent":         {reply{fails: &net.OpError{Op: "write", Err: errors.New("broken pipe")}}, 1, 3},
	"timeout":           {reply{delay: time.Hour}, 1, 1},
	"gateway timeout":   {reply{status: 504}, 1, 1},
	"cut-off answer":    {reply{body: `{`, cut: true}, 1, 3},
	"500":               {reply{status: 500}, 1, 3},
	"503":               {reply{status: 503, body: `{"error":"temporarily_unavailable"}`}, 1, 3},
	"429":               {reply{status: 429}, 1, 3},
	"invalid_grant 500": {reply{status: 500, body: `{"error":"invalid_grant"}`}, 1, 3},
	"invalid_grant":     {reply{status: 400, body: `{"error":"invalid_grant"}`}, 1, 1},
	"invalid_client":    {reply{status: 401, body: `{"error":"invalid_client"}`}, 1, 1},
	"malformed":         {reply{body: `{}`}, 1, 1},
}

func TestCodeIsSentOnceUnlessItNeverLeft(t *testing.T) {
	for name, tc := range repetitions {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return tc.reply }}
				if _, err := grants["authorizationCode"](t, newApp(t, u)); err == nil {
					t.Fatal("no error")
				}
				if tokens, _ := u.counts(); tokens != tc.exchanges {
					t.Errorf("%d requests; want %d", tokens, tc.exchanges)
				}
			})
		})
	}
}

func TestRefreshIsRetriedAfterATemporaryError(t *testing.T) {
	for name, tc := range repetitions {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(int) reply { return tc.reply }}
				if _, err := grants["refreshToken"](t, newApp(t, u)); err == nil {
					t.Fatal("no error")
				}
				if tokens, _ := u.counts(); tokens != tc.refresh {
					t.Errorf("%d requests; want %d", tokens, tc.refresh)
				}
			})
		})
	}
}

func TestTemporaryErrorIsNotNoticed(t *testing.T) {
	for op, trouble := range map[string]reply{
		"authorizationCode": repetitions["no connection"].reply,
		"refreshToken":      repetitions["503"].reply,
	} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				u := &upstream{token: func(n int) reply {
					if n < 3 {
						return trouble
					}
					return grantOf("3600")
				}}
				token, err := grants[op](t, newApp(t, u))
				if err != nil || string(token.AccessToken) != accessBearer {
					t.Errorf("got %v, %v", token, err)
				}
				for _, a := range u.tokens { // every request is whole
					if fmt.Sprint(a.form) != fmt.Sprint(u.tokens[0].form) || a.form.Get("client_secret") != clientSecret {
						t.Errorf("form is %v", a.form)
					}
				}
			})
		})
	}
}

func TestRealRefusedConnectionIsKnownAsUnsent(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	dead := server.URL
	server.Close()
	dials := 0
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	app := newApp(t, nil, func(cfg *matterport.OAuthConfig) {
		cfg.BaseURL, cfg.HTTPClient, cfg.MaxAttempts = dead, &http.Client{Transport: transport}, 2
	})
	_, err := grants["authorizationCode"](t, app)
	mustBe(t, err, matterport.ErrUnavailable)
	if dials != 2 {
		t.Errorf("dialled %d times; want 2 (%v)", dials, err)
	}
}

func TestGrantHonoursRetryAfter(t *testing.T) {
	for status, want := range map[int]error{429: matterport.ErrRateLimited, 503: matterport.ErrUnavailable} {
		synctest.Test(t, func(t *testing.T) {
			u := &upstream{token: func(n int) reply {
				if n%2 == 1 {
					return reply{status: status, header: http.Header{"Retry-After": {"7"}}}
				}
				return grantOf("3600")
			}}
			app := newApp(t, u)
			start := time.Now()
			if _, err := grants["refreshToken"](t, app); err != nil || time.Since(start) != 7*time.Second {
				t.Errorf("refresh: %v after %v", err, time.Since(start))
			}
			start = time.Now()
			_, err := grants["authorizationCode"](t, app)
			mustBe(t, err, want)
			if e := failure(t, err); e.RetryAfter != 7*time.Second || time.Since(start) != 0 {
				t.Errorf("exchange: RetryAfter %v after %v", e.RetryAfter, time.Since(start))
			}
		})
	}
}

func TestGrantEndsWithItsCallersContext(t *testing.T) {
	calls := map[string]func(context.Context, *matterport.OAuthApp) error{
		"exchange": func(ctx context.Context, app *matterport.OAuthApp) error {
			_, err := app.Exchange(ctx, "ATTEMPT", authCode, pkceVerifier)
			return err
		},
		"refresh": func(ctx context.Context, app *matterport.OAuthApp) error {
			_, err := app.Refresh(ctx, refreshSecret)
			return err
		},
		"models": func(ctx context.Context, app *matterport.OAuthApp) error {
			_, err := app.Models(ctx, accessBearer, matterport.ModelQuery{})
			return err
		},
	}
	hang := &upstream{
		token: func(int) reply { return reply{delay: time.Hour} },
		graph: func(int, asked) reply { return reply{delay: time.Hour} },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				app := newApp(t, hang)
				ctx, leave := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, leave)
				start := time.Now()
				err := call(ctx, app)
				mustBe(t, err, context.Canceled)
				if !errors.Is(err, context.Canceled) || time.Since(start) != 3*time.Second {
					t.Errorf("left: %v after %v", err, time.Since(start))
				}

				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				start = time.Now()
				err = call(ctx, app)
				mustBe(t, err, matterport.ErrUnavailable)
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
					t.Errorf("deadline: %v after %v", err, time.Since(start))
				}
			})
		})
	}
}

func TestHangingGrantEndsByItself(t *testing.T) {
	for op, most := range map[string]time.Duration{"authorizationCode": 10 * time.Second, "refreshToken": 10 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			u := &upstream{token: func(int) reply { return reply{delay: time.Hour} }}
			start := time.Now()
			_, err := grants[op](t, newApp(t, u))
			mustBe(t, err, matterport.ErrUnavailable)
			if took := time.Since(start); took < 10*time.Second || took > most {
				t.Errorf("%s took %v", op, took)
			}
		})
	}
}

func TestClosedOAuthAppSendsNothing(t *testing.T) {
	u := &upstream{}
	app := newApp(t, u)
	_ = app.Close()
	_, exchange := grants["authorizationCode"](t, app)
	_, refresh := grants["refreshToken"](t, app)
	_, models := app.Models(t.Context(), accessBearer, matterport.ModelQuery{})
	_, model := app.Model(t.Context(), accessBearer, modelID)
	for op, err := range map[string]error{"authorizationCode": exchange, "refreshToken": refresh, "models": models, "model": model} {
		mustBe(t, err, matterport.ErrClosed)
		if e := failure(t, err); e.Op != op {
			t.Errorf("Op %q; want %s", e.Op, op)
		}
	}
	if tokens, graphs := u.counts(); tokens != 0 || graphs != 0 {
		t.Errorf("%d token requests, %d calls; want none", tokens, graphs)
	}
}

func TestGrantNeverFollowsARedirect(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	server := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/?"+url.Values{"s": {clientSecret}}.Encode(), http.StatusTemporaryRedirect))
	defer server.Close()
	app := newApp(t, nil, func(cfg *matterport.OAuthConfig) { cfg.BaseURL, cfg.HTTPClient = server.URL, nil })
	for op, grant := range grants {
		_, err := grant(t, app)
		mustBe(t, err, matterport.ErrMalformed)
		mustNotTell(t, op, printed(err)...)
	}
}

func TestNoGrantIsAskedForBeforeTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		u := &upstream{token: func(n int) reply {
			if asked = n; n == 1 {
				return reply{status: 429, header: http.Header{"Retry-After": {"90"}}}
			}
			return grantOf("3600")
		}}
		app := newApp(t, u)
		_, err := grants["refreshToken"](t, app)
		mustBe(t, err, matterport.ErrRateLimited)
		time.Sleep(30 * time.Second)
		for name, grant := range grants {
			start := time.Now()
			_, err := grant(t, app)
			mustBe(t, err, matterport.ErrRateLimited)
			if e := failure(t, err); e.RetryAfter != time.Minute || e.Status != 0 || time.Since(start) != 0 {
				t.Errorf("%s: %v after %v", name, err, time.Since(start))
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times before the time was up", asked)
		}
		time.Sleep(time.Minute)
		for name, grant := range grants {
			if _, err := grant(t, app); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
