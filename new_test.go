package pme_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/pages"
)

// One mistake in each room, and two in some.
func TestNewReportsEverythingThatIsWrong(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	_, err := pme.New(pme.Config{
		Access:        access.List{{Models: []string{"short"}}},
		APIURL:        "http://api.example.com",
		ValidFor:      45 * time.Second,
		RefreshBefore: 30 * time.Second,
		Connections:   newConnections(t, up),
		Pages: pages.Config{
			ShowcaseURL: "ftp://x", SDKURL: "javascript:alert(1)", SDKIntegrity: "md5-x",
			FrameAncestors: []string{"nonsense"}, AllowedOrigins: []string{"*"},
		},
	})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{
		"Authenticate is missing", "short", "ClientID", "ClientSecret", "https", "ValidFor is 45s", "RefreshBefore is 30s",
		"ShowcaseURL", "SDKURL", "SDKIntegrity", "FrameAncestors", "AllowedOrigins",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "accounts:") {
		t.Errorf("a mistake in one room is reported as one in another:\n%v", err)
	}
	if _, err := pme.New(pme.Config{}); err == nil || !strings.Contains(err.Error(), "Access is missing") {
		t.Errorf("%v", err)
	}
}

// watched is a policy that counts who watches it.
type watched struct {
	access.Policy
	watchers int
}

// from is a source of a policy.
type from struct{ policy access.Policy }

func (f from) Policy() (access.Policy, error) { return f.policy, nil }

func (w *watched) Watch(func()) (stop func()) {
	w.watchers++
	return func() { w.watchers-- }
}

// TestMain finds goroutines that are left; this finds what the policy would still call.
// A host that does not look at an error passes on the nil pointer that came with it.
func TestNewReportsNilPointers(t *testing.T) {
	gate, _ := middleware.New(nil, middleware.Config{})
	login, _ := oidclogin.New(oidclogin.Config{})
	file, _ := access.OpenFile("missing.yaml", access.FileOptions{})
	for name, cfg := range map[string]pme.Config{
		"gate":  {Authenticate: gate, Access: file},
		"login": {Authenticate: login, Access: file},
	} {
		_, err := pme.New(cfg)
		for _, want := range []string{"Authenticate is missing", "Access is missing"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", name, err, want)
			}
		}
	}
}

func TestNewLeavesNothingRunningWhenItFails(t *testing.T) {
	rules, err := access.List{{Users: []string{"alice"}, Models: []string{office}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	policy := &watched{Policy: rules}
	cfg := pme.Config{ClientID: "id", ClientSecret: "secret", Authenticate: byHeader(), Access: from{policy}, Pages: pages.Config{ShowcaseURL: "ftp://x"}}
	if _, err := pme.New(cfg); err == nil {
		t.Fatal("accepted")
	}
	if policy.watchers != 0 {
		t.Errorf("%d watch the policy after New has failed", policy.watchers)
	}
	cfg.Pages = pages.Config{}
	h, err := pme.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if policy.watchers != 1 {
		t.Errorf("%d watch the policy, want the issuer: this test tests nothing", policy.watchers)
	}
	if err := h.Close(); err != nil || policy.watchers != 0 {
		t.Errorf("%v, %d watchers after Close", err, policy.watchers)
	}
}

// A policy with dates is looked at in the background, by Matterport's clock.
func TestNewRunsNothingWithoutAClient(t *testing.T) {
	var log strings.Builder
	_, err := pme.New(pme.Config{
		Access: access.List{{Users: []string{"alice"}, Models: []string{"*"}}},
		Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err == nil || log.Len() > 0 {
		t.Errorf("%v, and the log has %s", err, log.String())
	}
}
