package whoami_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/whoami"
)

// FuzzAnswer has the host say anything, and expects a user only where encoding/json finds the same one, whose ID is fit
// to be compared, and 503 otherwise.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"id":"alice"}`, `{"id":"a","id":"b"}`, `{"id":1}`, `{"id":"a","groups":["x","y"]}`, `{"id":"a","groups":null,"email":"a@b","email_verified":true}`,
		`{"ID":"a"}`, "\ufeff{}", `{"id":"\ud800"}`, `[]`, `{"id":"a"}{}`, `{"id":"a","session":"s","signed_in_at":1e9,"authenticated_at":"2026-01-31T08:00:00Z"}`,
		`{"id":"a","authenticated_at":1e300}`, `{"x":[[[[{}]]]],"id":"\u0000"}`, "",
	} {
		f.Add(body)
	}
	h := saying()
	g := h.gate(f, quiet, func(c *whoami.Config) { c.Remember = -1 })
	f.Fuzz(func(t *testing.T, body string) {
		h.set(func(*http.Request) answer { return answer{body: body} })
		var u *identity.User
		w := &status{header: http.Header{}}
		g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { u, _ = identity.FromContext(r.Context()) })).ServeHTTP(w, with("x"))
		if u == nil {
			if w.code != http.StatusServiceUnavailable {
				t.Errorf("status %d, want 503", w.code)
			}
			return
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(body), &object); err != nil || object["id"] != u.ID {
			t.Errorf("let through %q, which is not what the body says: %v", u.ID, err)
		}
		for _, s := range append([]string{u.ID, u.Session}, u.Groups...) {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("let through with %q", s)
			}
		}
		if verified, _ := object["email_verified"].(bool); u.EmailVerified && (!verified || u.Email != object["email"]) {
			t.Errorf("the address %q counts as verified", u.Email)
		}
	})
}

// status is the part of an answer that is looked at.
type status struct {
	nothing
	header http.Header
	code   int
}

func (s *status) Header() http.Header  { return s.header }
func (s *status) WriteHeader(code int) { s.code = code }

// FuzzCookies sends any Cookie header, and expects that the host is asked with cookies of the one name only, of which
// net/http finds those that it finds in the request.
func FuzzCookies(f *testing.F) {
	for _, header := range []string{
		"sid=alice", "sid=a; sid=b", "a=1;sid=alice;b=2", ` sid = alice `, `sid="a;b"`, "sid=\x00", "sid", "sid=;sid=x", "\tsid=a\t;", "=sid; sid==", "SID=a", "sid=a,sid=b",
	} {
		f.Add(header)
	}
	h := saying()
	g := h.gate(f, quiet, func(c *whoami.Config) { c.Remember = -1 })
	f.Fuzz(func(t *testing.T, header string) {
		before := h.count()
		r := request(header)
		w := &status{header: http.Header{}}
		g.Require(nothing{}).ServeHTTP(w, r)
		if h.count() == before {
			if w.code != http.StatusUnauthorized && w.code != http.StatusBadRequest {
				t.Errorf("status %d without a question", w.code)
			}
			return
		}
		asked := h.last()
		for part := range strings.SplitSeq(strings.Join(asked.Header["Cookie"], "; "), "; ") {
			if name, _, _ := strings.Cut(part, "="); strings.TrimSpace(name) != "sid" || strings.ContainsAny(part, ";\r\n\x00") {
				t.Errorf("%q is passed on as %q", header, part)
			}
		}
		want, got := values(r), values(asked)
		if strings.Join(want, ";") != strings.Join(got, ";") {
			t.Errorf("%q: the host reads %q, and of the request itself %q", header, got, want)
		}
	})
}

// values are those of the cookies that net/http finds, but for empty ones.
func values(r *http.Request) []string {
	var all []string
	for _, c := range r.CookiesNamed("sid") {
		if c.Value != "" {
			all = append(all, c.Value)
		}
	}
	return all
}
