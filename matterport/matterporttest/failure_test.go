package matterporttest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

const create = "createPrivateModelEmbedLink"

// createRequest is the request that the failure tests inject failures into.
func createRequest(t testing.TB, bearer string) *http.Request {
	t.Helper()
	return graphRequest(bearer, operation(t, "createEmbedLink"), with("modelId", office, "validFor", "10m"))
}

func TestInjectedAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		failure     matterporttest.Failure
		status      int
		contentType string
		body        string // what the answer contains
		minted      int
	}{
		"status":        {matterporttest.Status(503, ""), 503, "text/plain; charset=utf-8", "Service Unavailable", 0},
		"HTML":          {matterporttest.HTML(502), 502, "text/html; charset=utf-8", "<h1>Bad Gateway", 0},
		"JSON":          {matterporttest.JSON(502, `{"message":"no"}`), 502, "application/json", `{"message":"no"}`, 0},
		"OAuth":         {matterporttest.OAuthError(400, "invalid_scope"), 400, "application/json", `{"error":"invalid_scope"}`, 0},
		"bearer":        {matterporttest.ExpiredBearer(), 400, "application/json", `{"error":"invalid_grant"}`, 0},
		"null":          {matterporttest.NullData(), 200, "application/json", `{"data":null}`, 0},
		"empty":         {matterporttest.EmptyBody(), 200, "application/json", "", 0},
		"GraphQL":       {matterporttest.GraphQLError("not.found", 0), 200, "application/json", `{"data":{"` + create + `":null},"errors":[{`, 0},
		"GraphQL whole": {matterporttest.GraphQLError("error.internal", 500), 500, "application/json", `{"errors":[{`, 0},
		"echo":          {matterporttest.Echo(), 500, "text/plain; charset=utf-8", matterporttest.DefaultClientSecret, 0},
		"cut JSON":      {matterporttest.CutJSON(), 200, "application/json", `{"data":{"` + create, 1},
		"nothing":       {matterporttest.Failure{}, 200, "application/json", `{"data":{"` + create + `":{`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(account())
			s.Fail(create, tc.failure, 1)
			bearer := appToken(t, s)
			a := send(s, createRequest(t, bearer))
			if a.Code != tc.status || a.Header().Get("Content-Type") != tc.contentType || !strings.Contains(a.Body.String(), tc.body) {
				t.Errorf("answer = %d %s %q", a.Code, a.Header().Get("Content-Type"), a.Body)
			}
			if a.Header().Get("Date") == "" {
				t.Error("no Date")
			}
			if got := len(s.LiveTokens()); got != tc.minted {
				t.Errorf("%d tokens were minted; want %d", got, tc.minted)
			}
			if a := send(s, createRequest(t, bearer)); a.Code != http.StatusOK || a.field(create) == nil {
				t.Errorf("the request after it: %d %s", a.Code, a.Body)
			}
		})
	}
}

func TestInjectedGraphQLErrorsCarryTheirCode(t *testing.T) {
	for code, status := range map[string]int{
		"request.unauthenticated": 401, "request.unauthorized": 403, "request.invalid": 400, "request.unsupported": 400,
		"not.found": 404, "not.unique": 409, "quota.exceeded": 429, "model.inactive": 403, "error.internal": 500,
	} {
		s := matterporttest.New(account())
		s.Fail(create, matterporttest.GraphQLError(code, 200), 1)
		a := send(s, createRequest(t, appToken(t, s)))
		if !cmp.Equal(a.codes(), []string{code}) || a.body.Errors[0].Extensions.HTTPStatus != status || !cmp.Equal(a.body.Errors[0].Path, []any{create}) {
			t.Errorf("%s: %s", code, a.Body)
		}
	}
}

func TestRetryAfterIsSentOnlyWhereGiven(t *testing.T) {
	s := matterporttest.New(account())
	s.Fail("token", matterporttest.Status(429, "7"), 1)
	s.Fail("token", matterporttest.Status(429, ""), 1)
	if a := send(s, formRequest(credentials())); a.Code != 429 || a.Header().Get("Retry-After") != "7" {
		t.Errorf("answer = %d, Retry-After %q", a.Code, a.Header().Get("Retry-After"))
	}
	if a := send(s, formRequest(credentials())); a.Code != 429 || a.Header()["Retry-After"] != nil {
		t.Errorf("answer = %d, Retry-After %q", a.Code, a.Header()["Retry-After"])
	}
}

func TestFailuresFindTheirRequests(t *testing.T) {
	s := matterporttest.New(account())
	bearer := appToken(t, s)
	model := func() int {
		return send(s, graphRequest(bearer, operation(t, "model"), map[string]any{"id": office})).Code
	}
	link := func() int { return send(s, createRequest(t, bearer)).Code }
	token := func() int { return send(s, formRequest(credentials())).Code }
	show := func() int { return get(s, "/show?m="+office).Code }

	s.Fail(create, matterporttest.Status(503, ""), 2)
	s.Fail("*", matterporttest.Status(500, ""), 0) // never
	if got := []int{model(), link(), token(), link(), link(), link()}; !cmp.Equal(got, []int{200, 503, 200, 503, 200, 200}) {
		t.Errorf("one operation, twice: %v", got)
	}
	s.Fail("*", matterporttest.Status(502, ""), -1)
	if got := []int{model(), link(), token(), show(), model()}; !cmp.Equal(got, []int{502, 502, 502, 200, 502}) {
		t.Errorf("all, always: %v", got)
	}
	s.Heal()
	if got := []int{model(), link(), token()}; !cmp.Equal(got, []int{200, 200, 200}) {
		t.Errorf("healed: %v", got)
	}
	s.Fail("show", matterporttest.HTML(500), 1)
	if got := []int{model(), show(), show()}; !cmp.Equal(got, []int{200, 500, 200}) {
		t.Errorf("show: %v", got)
	}
	s.Fail(create, matterporttest.Status(501, ""), 1)
	s.Fail("*", matterporttest.Status(502, ""), 1)
	if got := []int{link(), link(), link()}; !cmp.Equal(got, []int{501, 502, 200}) {
		t.Errorf("in order: %v", got)
	}
}

func TestCallsCountWhatArrived(t *testing.T) {
	s := matterporttest.New(account())
	s.Fail("token", matterporttest.Status(500, ""), 1)
	send(s, formRequest(credentials()))
	bearer := appToken(t, s)
	send(s, createRequest(t, bearer))
	send(s, createRequest(t, "bad bearer"))
	get(s, "/show?m="+office)
	get(s, "/show/status?m="+office)
	got := map[string]int{}
	for _, op := range []string{"token", create, "model", "*", "show", "status"} {
		got[op] = s.Calls(op)
	}
	want := map[string]int{"token": 2, create: 2, "model": 0, "*": 4, "show": 1, "status": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLatencyHoldsAndCarriesOn(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(account())
		bearer := appToken(t, s)
		s.Fail("*", matterporttest.Latency(2*time.Second), -1)
		s.Fail(create, matterporttest.Latency(time.Second), 1)
		s.Fail(create, matterporttest.Status(503, ""), 1)
		start := time.Now()
		if a := send(s, createRequest(t, bearer)); a.Code != 503 || time.Since(start) != 3*time.Second {
			t.Errorf("answer = %d after %v", a.Code, time.Since(start))
		}
		start = time.Now()
		a := send(s, createRequest(t, bearer))
		if a.Code != 200 || time.Since(start) != 2*time.Second {
			t.Errorf("answer = %d after %v", a.Code, time.Since(start))
		}
		if got, want := a.Header().Get("Date"), time.Now().UTC().Format(http.TimeFormat); got != want {
			t.Errorf("Date = %q; want the moment of the answer, %q", got, want)
		}
	})
}

func TestHeldRequestsEndWhenTheirClientLeaves(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"hang": matterporttest.Hang(), "latency": matterporttest.Latency(time.Hour),
	} {
		clocked(t, func(t *testing.T) {
			s := matterporttest.New(account())
			bearer := appToken(t, s)
			s.Fail(create, failure, 1)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			start := time.Now()
			send(s, createRequest(t, bearer).WithContext(ctx))
			if took := time.Since(start); took != 5*time.Second {
				t.Errorf("%s: held for %v", name, took)
			}
			if len(s.LiveTokens()) != 0 {
				t.Errorf("%s: the operation was carried out", name)
			}
		})
	}
}

// overNetwork sends a request through a real connection.
func overNetwork(t *testing.T, s *matterporttest.Running, r *http.Request) (*http.Response, error) {
	t.Helper()
	r.RequestURI = ""
	target, err := r.URL.Parse(s.URL + r.URL.Path)
	if err != nil {
		t.Fatal(err)
	}
	r.URL, r.Host = target, ""
	return s.Client().Do(r)
}

func TestCutBodyBreaksTheConnectionAfterMinting(t *testing.T) {
	s := matterporttest.NewServer(t, account())
	s.Fail(create, matterporttest.CutBody(), 1)
	resp, err := overNetwork(t, s, createRequest(t, appToken(t, s)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) == 0 || resp.StatusCode != 200 {
		t.Errorf("read %d bytes of a %d, %v", len(body), resp.StatusCode, err)
	}
	if len(s.LiveTokens()) != 1 {
		t.Error("the operation was not carried out")
	}
}

func TestDropConnectionAnswersNothing(t *testing.T) {
	s := matterporttest.NewServer(t, account())
	s.Fail(create, matterporttest.DropConnection(), 1)
	resp, err := overNetwork(t, s, createRequest(t, appToken(t, s)))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("answer = %d", resp.StatusCode)
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("error = %v", err)
	}
}

func TestHangIsNoticedToEndOverTheNetwork(t *testing.T) {
	s := matterporttest.NewServer(t, account())
	s.Fail(create, matterporttest.Hang(), -1)
	bearer := appToken(t, s)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		resp, err := overNetwork(t, s, createRequest(t, bearer).WithContext(ctx))
		if err == nil {
			resp.Body.Close()
		}
		left <- err
	}()
	for s.Calls(create) == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}

// A client without a deadline must not keep a test from ending: the cleanup lets its request go.
func TestCleanupLetsHeldRequestsGo(t *testing.T) {
	left := make(chan struct{})
	t.Run("a test that leaves a request behind", func(t *testing.T) {
		s := matterporttest.NewServer(t, account())
		s.Fail("token", matterporttest.Hang(), -1)
		go func() {
			defer close(left)
			if resp, err := overNetwork(t, s, formRequest(credentials())); err == nil {
				resp.Body.Close()
			}
		}()
		for s.Calls("token") == 0 {
			time.Sleep(time.Millisecond)
		}
	})
	<-left
}

func TestClockSkewMovesDateAndValidUntil(t *testing.T) {
	now := time.Date(2030, 6, 1, 12, 0, 0, 500, time.UTC)
	cfg := account()
	cfg.Now = func() time.Time { return now }
	s := matterporttest.New(cfg)
	s.SkewClock(time.Minute)
	s.SkewClock(-time.Hour) // replaces the minute
	a := send(s, createRequest(t, appToken(t, s)))
	if got := a.Header().Get("Date"); got != "Sat, 01 Jun 2030 11:00:00 GMT" {
		t.Errorf("Date = %q", got)
	}
	if got := a.field(create)["validUntil"]; got != "2030-06-01T11:10:00Z" {
		t.Errorf("validUntil = %v", got)
	}
	live := s.LiveTokens()[0]
	if live.ValidUntil.Format(time.RFC3339Nano) != "2030-06-01T11:10:00Z" {
		t.Errorf("the token really ends at %v, not at the whole second that was sent", live.ValidUntil)
	}
	token := live.Value
	s.SkewClock(0)
	if s.Live(token) {
		t.Error("the emulated clock jumped past the token's end, and it is live")
	}
}

func TestManyAtOnce(t *testing.T) {
	s := matterporttest.NewServer(t, account())
	s.Fail("*", matterporttest.Latency(time.Microsecond), -1)
	s.Fail(create, matterporttest.Status(503, ""), 10)
	bearer := appToken(t, s)
	var done sync.WaitGroup
	for i := range 100 {
		done.Go(func() {
			resp, err := overNetwork(t, s, createRequest(t, bearer))
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			s.AddModel(matterporttest.Model{ID: "Extra"})
			s.SkewClock(time.Duration(i))
			for _, token := range s.LiveTokens() {
				s.Deleted(token.Value)
			}
			s.RemoveModel("Extra")
			send(s.Server, httptest.NewRequest(http.MethodGet, "/show/status?m="+office, nil))
		})
	}
	done.Wait()
	if got := len(s.LiveTokens()); got != 90 || s.Calls(create) != 100 {
		t.Errorf("%d tokens of %d requests", got, s.Calls(create))
	}
}
