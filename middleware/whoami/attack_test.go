package whoami_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware/whoami"
)

// A page on a sibling domain can set a second cookie of the same name. Which of them counts is for the host to say:
// the gate must not see another one than the host does, nor mix up what it remembers.
func TestTossedCookieDecidesNothing(t *testing.T) {
	h := saying() // takes the first, as net/http does
	g := h.gate(t)
	for range 2 {
		wantSignedIn(t, g, request("sid=alice; sid=mallory"), "alice")
		wantSignedIn(t, g, request("sid=mallory; sid=alice"), "mallory")
		wantSignedIn(t, g, request("sid=alice", "sid=mallory"), "alice")
		wantSignedIn(t, g, with("alice"), "alice")
	}
	wantQuestions(t, h, 3) // two Cookie headers are as one (RFC 9113 §8.2.3)
	wantSignedIn(t, g, request("sid=mallory; sid=alice"), "mallory")
	if got := h.last().Header.Get("Cookie"); got != "sid=alice" {
		t.Errorf("asked with %q", got)
	}
}

func TestCredentialThatIsNotInOrderAsksNothing(t *testing.T) {
	h := saying()
	g := h.gate(t, quiet, func(c *whoami.Config) { c.Headers = []string{"Authorization"} })
	two := request()
	two.Header["Authorization"] = []string{"Bearer a", "Bearer b"}
	line := with("alice")
	line.Header["Authorization"] = []string{"Bearer a\r\nX-User: root"}
	long := request()
	long.Header.Set("Authorization", strings.Repeat("a", 8<<10))
	for _, r := range []*http.Request{
		two, line, long, with(strings.Repeat("a", 8<<10)), request(strings.Repeat("sid=a; ", 2000)), with("a\x00"), with("a\nX-User: root"), with("a\x7f"), with("a\tb"),
	} {
		wantRejected(t, g, r, http.StatusBadRequest, "invalid_request")
	}
	wantQuestions(t, h, 0)
	wantSignedIn(t, g, request("junk="+strings.Repeat("a", 64<<10)+"\x00; sid=alice"), "alice") // is not passed on
}

// A redirect to a login page answers 200 in the end, and one to elsewhere would get the session.
func TestRedirectIsNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"id":"admin"}`))
	}))
	defer evil.Close()
	server := httptest.NewServer(http.RedirectHandler(evil.URL+"/?secret=hush", http.StatusTemporaryRedirect))
	defer server.Close()
	jar := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
	for _, client := range []*http.Client{nil, jar} {
		var log logtest.Buffer
		cfg := whoami.Config{URL: server.URL, Cookies: []string{"sid"}, HTTPClient: client}
		logged(&log)(&cfg)
		g, err := whoami.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		wantDoubt(t, g, with("alice"))
		if err := g.Close(); err != nil {
			t.Error(err)
		}
		if !strings.Contains(log.String(), "redirect 307") || strings.Contains(log.String(), "hush") {
			t.Errorf("log: %s", &log)
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the redirect was followed %d times", n)
	}
}

// What the gate says of a request can be read by others than the user.
func TestNoCredentialIsLoggedOrAnswered(t *testing.T) {
	const secret = "c00kie-s3cret"
	for _, a := range []answer{
		{status: 401, body: secret},
		{status: 500, body: secret},
		{body: secret},
		{body: `{"` + secret + `":1,"id":7}`},
		{body: `{"id":"` + secret + `\u0000"}`},
		{contentType: "text/html", body: secret},
		{err: errors.New("reset")},
		{body: `{"id":"alice","session":"` + secret + `"}`},
	} {
		var log logtest.Buffer
		g := always(a).gate(t, logged(&log), func(c *whoami.Config) { c.URL += "?key=" + secret; c.Headers = []string{"Authorization"} })
		r := with(secret)
		r.Header.Set("Authorization", "Bearer "+secret)
		w, _ := visit(g, r)
		all := log.String() + w.Body.String() + fmt.Sprint(w.Header())
		if w.Code == http.StatusOK || strings.Contains(all, secret) {
			t.Errorf("%+v: status %d, and it says %s", a, w.Code, all)
		}
	}
}

func TestSessionThatIsTheTokenOfAHeaderIsRefused(t *testing.T) {
	g := always(answer{body: `{"id":"alice","session":"t0ken"}`}).gate(t, quiet, func(c *whoami.Config) { c.Headers = []string{"Authorization"} })
	r := request()
	r.Header.Set("Authorization", "Bearer t0ken")
	wantDoubt(t, g, r)
	wantDoubt(t, g, request(`sid="t0ken"`))
	wantSignedIn(t, g, request(`sid=s:t0ken.signature`), "alice") // proves nothing without the signature
}

// The transport is the application's, and its panic must not end the process.
func TestTransportThatPanicsIsAnError(t *testing.T) {
	var log logtest.Buffer
	h := &host{says: func(*http.Request) answer { panic("hush") }}
	g := h.gate(t, logged(&log))
	wantDoubt(t, g, with("alice"))
	if !strings.Contains(log.String(), "panic recovered") || strings.Contains(log.String(), "hush") {
		t.Errorf("log: %s", &log)
	}
	h.set(func(*http.Request) answer { return answer{body: `{"id":"alice"}`} })
	wantSignedIn(t, g, with("alice"), "alice")
}
