package hostjwt_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/hostjwt"
	"github.com/go-pme/pme/secret"
)

func TestRememberedTokenEndsWithItsExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(t, quiet, func(c *hostjwt.Config) { c.Leeway = -1 })
		text := token(map[string]any{"exp": time.Now().Add(30 * time.Second).Unix()})
		wantSignedIn(t, g, with(text), "alice")
		time.Sleep(30*time.Second - time.Nanosecond)
		wantSignedIn(t, g, with(text), "alice")
		time.Sleep(time.Nanosecond)
		wantUnauthenticated(t, g, with(text))
	})
}

func TestRepeatedTokenMakesTwoAllocations(t *testing.T) {
	next := gate(t).Require(nothing{})
	r := with(token(nil))
	if n := testing.AllocsPerRun(1000, func() { next.ServeHTTP(nothing{}, r) }); n > 2 {
		t.Errorf("%v allocations, want the context's and the request's", n)
	}
}

func TestInvalidateHasTheTokenCheckedAgain(t *testing.T) {
	for _, remember := range []time.Duration{0, -1} {
		g := gate(t, func(c *hostjwt.Config) { c.Remember = remember })
		for range 3 {
			wantSignedIn(t, g, with(token(nil)), "alice")
			g.Invalidate("alice")
			g.Invalidate("")
		}
	}
}

func TestRevokedSessionIsRefusedAlthoughItsTokenIsRemembered(t *testing.T) {
	g := gate(t, quiet, func(c *hostjwt.Config) { c.Revocations = middleware.NewMemoryRevocations() })
	began := time.Now().Add(-time.Hour).Unix()
	text := token(map[string]any{"sid": "s1", "auth_time": began})
	wantSignedIn(t, g, with(text), "alice")
	if err := g.RevokeSessions(t.Context(), "alice", "s1"); err != nil {
		t.Fatal(err)
	}
	wantUnauthenticated(t, g, with(text))
	wantUnauthenticated(t, g, with(token(map[string]any{"sid": "s1", "auth_time": began, "jti": "renewed"})))
	wantSignedIn(t, g, with(token(map[string]any{"sid": "s2", "auth_time": began})), "alice")
}

// An operator replaces a key that is in other hands: tokens of it end at once, remembered or not.
func TestKeysAreReplacedWithoutARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(key + "\n")
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	var log logtest.Buffer
	g := gate(t, logged(&log), func(c *hostjwt.Config) { c.Keys = source })
	before, after := token(nil), sign(plainHeader, asJSON(claims(nil)), "HS256", otherKey)
	wantSignedIn(t, g, with(before), "alice")
	wantRejected(t, g, with(after), 401, "invalid_token")

	write(otherKey + "\n" + key + "\n")
	source.Look(t.Context())
	wantSignedIn(t, g, with(before), "alice")
	wantSignedIn(t, g, with(after), "alice")

	write("short\n") // changes nothing
	source.Look(t.Context())
	wantSignedIn(t, g, with(before), "alice")
	if parts := g.HealthParts(); len(parts) != 1 || parts[0].Name != "secrets" || parts[0].Check(t.Context()) == nil {
		t.Errorf("health %v does not tell", parts)
	}

	write(otherKey + "\n")
	source.Look(t.Context())
	wantRejected(t, g, with(before), 401, "invalid_token")
	wantSignedIn(t, g, with(after), "alice")
	for _, want := range []string{"secret changed", "secret rejected", "host token key", "at least 32 bytes"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q: %s", want, &log)
		}
	}
	if strings.Contains(log.String(), key) || strings.Contains(log.String(), "short") {
		t.Errorf("the log has a key: %s", &log)
	}
}

func TestGateThatCouldNotBeMadeHearsNothingOfItsKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := secret.File(path)
	if err != nil {
		t.Fatal(err)
	}
	var log logtest.Buffer
	cfg := hostjwt.Config{Algorithm: "HS256", Keys: source} // without Cookie
	logged(&log)(&cfg)
	if _, err := hostjwt.New(cfg); err == nil {
		t.Fatal("no error")
	}
	if err := os.WriteFile(path, []byte(otherKey), 0o600); err != nil {
		t.Fatal(err)
	}
	source.Look(t.Context())
	if source.Values()[0] != otherKey || log.String() != "" {
		t.Errorf("values %d, log: %s", len(source.Values()), &log)
	}
}
