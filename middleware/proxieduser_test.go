package middleware_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
)

func TestDisplayNameLocksNoOneOut(t *testing.T) {
	g := behindProxy(t)
	for value, want := range map[string]string{
		"J\xfcrgen":                  "Jürgen", // Latin-1
		"Jürgen":                     "Jürgen",
		"\xe5\xb1\xb1\xe7":           "å±±ç", // UTF-8 that was cut off
		"山田\u3000太郎":                 "山田\u3000太郎",
		"\u3000山田\u3000":             "山田",
		"Jean\u00a0Dupont":           "Jean\u00a0Dupont",
		"\u200fدانا\u200e":           "دانا",
		"\u202eecilA":                "ecilA",
		"Alice\tDoe":                 "Alice Doe",
		"Alice\x00\x07Doe":           "AliceDoe",
		"Alice\u2028Doe":             "Alice Doe",
		"Doe, Alice":                 "Doe, Alice",
		"(null)":                     "",
		"-":                          "",
		" ":                          "",
		"\xff":                       "ÿ",
		"\x80\x81":                   "",
		strings.Repeat("\xfc", 5000): strings.Repeat("ü", 199) + "…",
	} {
		u := gatetest.User(t, g, fromProxy("X-Forwarded-User", "juergen", "X-Forwarded-Preferred-Username", value))
		if u.ID != "juergen" || u.Name != want {
			t.Errorf("%q: %q, want %q", value, u.Name, want)
		}
	}
}

func TestOddGroupOrAddressCostsOnlyItself(t *testing.T) {
	log := new(logtest.Buffer)
	g := behindProxy(t, func(c *middleware.TrustedHeaderConfig) {
		c.EmailVerified, c.Logger = true, slog.New(slog.NewTextHandler(log, nil))
	})
	for _, odd := range []string{
		"B\xfcro", "a\x00", "a\tb", "\u202eadmins", "admins\u200e", "ad\u200bmins", "admins\u00a0", "\u3000admins", "a\u2028b", "\xff", "\ufeffadmins",
	} {
		log.Reset()
		for range 3 {
			r := fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Groups", odd+",staff, "+odd+" ,facilities", "X-Forwarded-Email", "alice@example.com")
			want := identity.User{ID: "alice", Email: "alice@example.com", EmailVerified: true, Groups: []string{"staff", "facilities"}}
			if diff := cmp.Diff(want, *gatetest.User(t, g, r)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", odd, diff)
			}
		}
		if got := log.String(); strings.Count(got, "level=WARN") != 1 || !strings.Contains(got, "user=alice") || !strings.Contains(got, "header=X-Forwarded-Groups") || strings.Contains(got, odd) {
			t.Errorf("%q: want one record that quotes it, got\n%s", odd, got)
		}
	}
	for _, odd := range []string{"alice@ex\u00e4mple.com\u202e", "al\xffice@example.com", " alice@example.com", "alice@example.com\u00a0", "a\tb@example.com", strings.Repeat("a", 1025)} {
		log.Reset()
		u := gatetest.User(t, g, fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Email", odd, "X-Forwarded-Groups", "staff"))
		if u.Email != "" || u.EmailVerified || len(u.Groups) != 1 || strings.Count(log.String(), "header=X-Forwarded-Email") != 1 {
			t.Errorf("%q: %+v, log\n%s", odd, u, log)
		}
	}
}

// noUsers are what programs write for a user who is missing.
var noUsers = []string{
	"(null)", "(NULL)", "-", "null", "nil", "none", "None", "undefined", "anonymous", "<nil>", "<no value>", "(none)", "<anonymous>", " (null) ",
}

func TestPlaceholderForTheUserIsUnauthenticated(t *testing.T) {
	login := func(c *middleware.TrustedHeaderConfig) { c.LoginURL = "/oauth2/start" }
	g := behindProxy(t, login)
	for _, user := range noUsers {
		r := func() *http.Request {
			return fromProxy("X-Forwarded-User", user, "X-Forwarded-Email", user, "X-Forwarded-Groups", user, "X-Forwarded-Preferred-Username", user)
		}
		wantRejected(t, g, r(), http.StatusUnauthorized, "login_required")
		if w, _ := visit(g, navigation(r())); w.Code != http.StatusFound || !strings.HasPrefix(w.Header().Get("Location"), "/oauth2/start?") {
			t.Errorf("%q: a page gets %d to %q, want the login", user, w.Code, w.Header().Get("Location"))
		}
		wantSignedIn(t, first(behindProxy(t), ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "next"}, nil })), r(), "next")
		same := behindProxy(t, func(c *middleware.TrustedHeaderConfig) { c.Email = c.User })
		wantRejected(t, same, fromProxy("X-Forwarded-User", user), http.StatusUnauthorized, "login_required")
		wantSpoofRefused(t, g, from("203.0.113.1:1", r()), http.StatusUnauthorized)
	}
	for _, user := range []string{"null.smith", "nonez", "--", "(alice)", "anonymous2", "nilsson"} {
		wantSignedIn(t, g, fromProxy("X-Forwarded-User", user), user)
	}
}

func TestPlaceholdersBesideAUserCountAsEmpty(t *testing.T) {
	log := new(logtest.Buffer)
	g := behindProxy(t, func(c *middleware.TrustedHeaderConfig) {
		c.EmailVerified, c.Logger = true, slog.New(slog.NewTextHandler(log, nil))
	})
	for _, none := range []string{"(null)", "-", "<nil>"} {
		r := fromProxy("X-Forwarded-User", "alice", "X-Forwarded-Email", none, "X-Forwarded-Groups", none, "X-Forwarded-Preferred-Username", none)
		if diff := cmp.Diff(identity.User{ID: "alice"}, *gatetest.User(t, g, r)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", none, diff)
		}
	}
	if log.String() != "" {
		t.Errorf("logged %s", log)
	}
}
