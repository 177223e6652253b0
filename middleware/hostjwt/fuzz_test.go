package hostjwt_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/hostjwt"
)

// FuzzToken has a client send any token, and expects no user but the owner of the one that is signed.
func FuzzToken(f *testing.F) {
	g := gate(f, quiet, inHeader("X-Session-Token"))
	good := token(map[string]any{"exp": 1 << 35})
	parts := strings.Split(good, ".")
	replacer := strings.NewReplacer("<good>", good, "<header>", parts[0], "<payload>", parts[1], "<signature>", parts[2])
	for _, seed := range []string{
		"<good>", "<header>.<payload>.<signature>", "<header>.<payload>.", "eyJhbGciOiJub25lIn0.<payload>.", "<good> ", "<good>=", "<good>.a.b", ".<payload>.<signature>",
		"<header>..<signature>", "Bearer <good>", "<good>,<good>", "{}", "a.b.c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = replacer.Replace(text)
		w, user := visit(g, bearing("X-Session-Token", text))
		if (user != "") != (text == good) || user == "" && w.Code != http.StatusUnauthorized && w.Code != http.StatusBadRequest {
			t.Errorf("let through %q with status %d", user, w.Code)
		}
	})
}

// FuzzSigned has the host sign any header and claims, and expects a user only where encoding/json reads the same one.
func FuzzSigned(f *testing.F) {
	g := gate(f, quiet, inHeader("X-Session-Token"), func(c *hostjwt.Config) { c.Remember = -1 })
	for _, claims := range []string{
		`{"sub":"alice","exp":9999999999}`, `{"sub":"alice","exp":1}`, `{"sub":"a","sub":"b","exp":9999999999}`, `{"sub":"\ud800","exp":9999999999}`,
		`{"sub":"a","exp":9999999999,"aud":"x"}`, `{"sub":"a","exp":9999999999,"groups":["x",1],"email":"a@b","email_verified":true,"sid":"s"}`, `null`, "",
	} {
		f.Add(plainHeader, claims)
	}
	f.Add(`{"alg":"HS256","crit":["exp"]}`, `{"sub":"alice","exp":9999999999}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		var u *identity.User
		r := bearing("X-Session-Token", sign(header, claims, "HS256", key))
		w := &status{header: http.Header{}}
		g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { u, _ = identity.FromContext(r.Context()) })).ServeHTTP(w, r)
		if u == nil {
			if w.code != http.StatusUnauthorized && w.code != http.StatusBadRequest {
				t.Errorf("status %d, want 400 or 401", w.code)
			}
			return
		}
		var head, body map[string]any
		if json.Unmarshal([]byte(header), &head) != nil || json.Unmarshal([]byte(claims), &body) != nil || body["sub"] != u.ID || head["alg"] != "HS256" || head["crit"] != nil {
			t.Errorf("let through %q, which is not what the token says", u.ID)
		}
		for _, s := range []string{u.ID, u.Session} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
				t.Errorf("let through with %q", s)
			}
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
