package bearer_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

// oneToken is the form of RFC 6750 §2.1, with the scheme in any case (RFC 9110 §11.1).
var oneToken = regexp.MustCompile(`^(?i:bearer) +([A-Za-z0-9._~+/-]+=*)$`)

// FuzzBearerHeader sends whatever a client may send as Authorization headers, one to a line, and expects
// nobody but the owner of a good token that is alone in the only one of them.
func FuzzBearerHeader(f *testing.F) {
	remembering, _ := counting(f)
	checking, _ := counting(f, func(c *bearer.Config) { c.Remember = -1 })
	alice, bob := aliceToken(nil), aliceToken(map[string]any{"sub": "bob"})
	owners := map[string]string{alice: aliceID, bob: issuerURL + "#bob"}
	for token, id := range owners {
		wantSignedIn(f, remembering, withToken(token), id)
	}
	// Each worker of the fuzzer has keys of its own, so that its inputs can only say where a token goes.
	a, b := strings.Split(alice, "."), strings.Split(bob, ".")
	tokens := strings.NewReplacer(
		"<alice>", alice, "<bob>", bob, "<header>", a[0], "<payload>", a[1], "<signature>", a[2], "<other>", b[1],
	)
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "bearer <alice>", "BEARER  <bob>", "Bearer <alice>\nBearer <bob>", "Bearer\t<alice>",
		"Bearer <alice> ", "Basic <alice>", "Bearer <header>.<payload>.<signature>", "Bearer <header>.<other>.<signature>",
		"Bearer <header>.<payload>.", "Bearer eyJhbGciOiJub25lIn0.<payload>.", "Bearer <alice>,", "Bearer <alice>=", "Bearer {}",
		"Bearer a.b.c.d.e", "\nBearer <alice>", "Bearer <alice>\n", "Bearer \x00<alice>", "Bearer " + strings.Repeat("A", 16<<10+1),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, headers string) {
		headers = tokens.Replace(headers)
		lines := strings.Split(headers, "\n")
		want := ""
		if match := oneToken.FindStringSubmatch(headers); match != nil && len(lines) == 1 {
			want = owners[match[1]]
		}
		for range 2 {
			for _, g := range []*middleware.Gate{remembering, checking} {
				w, got := visit(g, authorized(lines...))
				if got != want {
					t.Errorf("let through %q, want %q", got, want)
				}
				if want == "" && w.Code != http.StatusUnauthorized && w.Code != http.StatusBadRequest {
					t.Errorf("status %d, want 400 or 401", w.Code)
				}
				if want == "" && w.Header().Get("WWW-Authenticate") == "" {
					t.Error("a refusal without a challenge")
				}
			}
		}
	})
}
