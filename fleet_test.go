package pme_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin"
	loginstore "github.com/go-pme/pme/middleware/oidclogin/store"
)

// processFleet is a fleet of one process.
type processFleet struct {
	tokens   store.Store
	sessions loginstore.Store
	heard    func(store.Selector)
}

func newProcessFleet() *processFleet {
	return &processFleet{tokens: issuer.NewMemory(issuer.MemoryConfig{}), sessions: oidclogin.NewMemoryStore()}
}

func (f *processFleet) Tokens() store.Store        { return f.tokens }
func (f *processFleet) Sessions() loginstore.Store { return f.sessions }
func (f *processFleet) OnRevoked(heard func(store.Selector)) (stop func()) {
	f.heard = heard
	return func() { f.heard = nil }
}

func (f *processFleet) HealthParts() []health.Part {
	return []health.Part{{Name: "fleet", Check: func(context.Context) error { return health.Degraded("no lease") }}}
}

func TestHealthShowsTheFleet(t *testing.T) {
	h, _ := newHandler(t, func(cfg *pme.Config) { cfg.Fleet = newProcessFleet() })
	w := httptest.NewRecorder()
	h.Health().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"fleet":"degraded: no lease"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A forgetter is a gate that tells which users it was asked to forget.
type forgetter struct {
	*middleware.Gate
	forgot []string
}

func (f *forgetter) Invalidate(userID string) { f.forgot = append(f.forgot, userID) }

func TestUsersAreForgottenWhenAnyReplicaRevokes(t *testing.T) {
	f, gate := newProcessFleet(), &forgetter{Gate: byHeader()}
	h, _ := newHandler(t, func(cfg *pme.Config) { cfg.Fleet, cfg.Authenticate = f, gate })
	f.heard(store.Selector{User: "alice", Session: "phone"})
	f.heard(store.Selector{Model: office})
	f.heard(store.Selector{})
	if got := strings.Join(gate.forgot, ","); got != "alice," {
		t.Errorf("forgot %q, want alice and then all", got)
	}
	if err := h.Close(); err != nil || f.heard != nil {
		t.Errorf("after Close: %v, still told: %v", err, f.heard != nil)
	}
}

func TestTokensOfAFleetAreShared(t *testing.T) {
	f := newProcessFleet()
	one, _ := newHandler(t, func(cfg *pme.Config) { cfg.Fleet = f })
	u := &identity.User{ID: "alice"}
	if _, err := one.Issuer().Issue(t.Context(), u, office); err != nil {
		t.Fatal(err)
	}
	if e, err := f.tokens.Get(t.Context(), store.Key{User: "alice", Models: office}, f.tokens.Mark()); err != nil || e == nil {
		t.Errorf("the fleet has %v, %v", e, err)
	}
}

func TestWhatIsNotSharedByAFleetIsReported(t *testing.T) {
	gate := func(stores ...middleware.Config) *middleware.Gate {
		var gates []*middleware.Gate
		for _, cfg := range stores {
			g, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return identity.User{}, nil }), cfg)
			if err != nil {
				t.Fatal(err)
			}
			gates = append(gates, g)
		}
		g, err := middleware.First(gates...)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	f := newProcessFleet()
	var none *processFleet
	for name, test := range map[string]struct {
		change func(*pme.Config)
		want   string
	}{
		"shared":      {func(cfg *pme.Config) { cfg.Authenticate = gate(middleware.Config{Revocations: f.sessions}) }, ""},
		"no sessions": {func(cfg *pme.Config) { cfg.Authenticate = gate(middleware.Config{}) }, ""},
		"sessions of its own": {func(cfg *pme.Config) {
			cfg.Authenticate = gate(middleware.Config{Revocations: middleware.NewMemoryRevocations()})
		}, "Fleet.Sessions()"},
		"one of several gates": {func(cfg *pme.Config) {
			cfg.Authenticate = gate(middleware.Config{Revocations: f.sessions}, middleware.Config{Revocations: oidclogin.NewMemoryStore()})
		}, "Fleet.Sessions()"},
		"a store as well": {func(cfg *pme.Config) { cfg.Store = issuer.NewMemory(issuer.MemoryConfig{}) }, "leave Store out"},
		"no fleet":        {func(cfg *pme.Config) { cfg.Fleet = none }, "look at the error of fleet.Open"},
	} {
		cfg := pme.Config{
			ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
			Authenticate: byHeader(), Access: access.List{}, Fleet: f, ValidFor: 10 * time.Minute,
		}
		test.change(&cfg)
		h, err := pme.New(cfg)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
		if err == nil {
			_ = h.Close()
		}
	}
}
