package pme_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// held stops requests at the moment at which it has been decided who sent them.
type held struct{ decided, goOn chan bool }

func newHeld() held { return held{make(chan bool), make(chan bool)} }

func (h held) stop() {
	h.decided <- true
	<-h.goOn
}

// heldGate is a gate of package middleware.
func (h held) gate(t *testing.T) *middleware.Gate {
	t.Helper()
	g, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		h.stop()
		return identity.User{ID: "alice", Session: "phone"}, nil
	}), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// ownLogin is an application's own Authenticator. Users can sign out of it.
type ownLogin struct {
	held
	signedOut func(ctx context.Context, userID, session string)
}

func (l *ownLogin) OnSignOut(f func(ctx context.Context, userID, session string)) { l.signedOut = f }

func (l *ownLogin) Require(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.stop()
		u := &identity.User{ID: "alice", Session: "phone"}
		next.ServeHTTP(w, r.WithContext(identity.NewContext(r.Context(), u)))
	})
}

// Promise 4, from the outside: a request that has passed the gate when the user is locked out and revoked gets
// neither an old token nor a new one, whichever gate it is and whichever call revokes.
func TestRevocationCoversRequestsInsideTheGate(t *testing.T) {
	ctx := context.Background()
	for gate, newGate := range map[string]func(*testing.T, held) pme.Authenticator{
		"middleware":  func(t *testing.T, h held) pme.Authenticator { return h.gate(t) },
		"first":       func(t *testing.T, h held) pme.Authenticator { return first(t, h.gate(t)) },
		"own":         func(_ *testing.T, h held) pme.Authenticator { return &ownLogin{held: h} },
		"embeds ours": func(t *testing.T, h held) pme.Authenticator { return struct{ *middleware.Gate }{h.gate(t)} },
	} {
		for call, revoke := range map[string]func(*pme.Handler, pme.Authenticator) error{
			"RevokeUser": func(h *pme.Handler, _ pme.Authenticator) error { _, err := h.RevokeUser(ctx, "alice"); return err },
			"RevokeSession": func(h *pme.Handler, _ pme.Authenticator) error {
				_, err := h.RevokeSession(ctx, "alice", "phone")
				return err
			},
			"RevokeModel": func(h *pme.Handler, _ pme.Authenticator) error { _, err := h.RevokeModel(ctx, office); return err },
			"POST revoke": func(h *pme.Handler, _ pme.Authenticator) error { return revokeOwn(h) },
			"sign-out": func(h *pme.Handler, a pme.Authenticator) error {
				if own, ok := a.(*ownLogin); ok {
					own.signedOut(ctx, "alice", "phone")
					return nil
				}
				_, err := h.RevokeUser(ctx, "alice")
				return err
			},
		} {
			for _, path := range []string{"/token", "/link"} {
				t.Run(gate+" "+call+" "+path, func(t *testing.T) {
					stop := newHeld()
					a := newGate(t, stop)
					h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = a })
					w := httptest.NewRecorder()
					var wg sync.WaitGroup
					wg.Go(func() {
						h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path+"?modelId="+office, nil))
					})
					<-stop.decided
					if err := revoke(h, a); err != nil {
						t.Fatal(err)
					}
					stop.goOn <- true
					wg.Wait()
					if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "1" {
						t.Errorf("%d, Retry-After %q; want 503 and 1\n%s", w.Code, w.Header().Get("Retry-After"), w.Body)
					}
					if n := up.Calls("createPrivateModelEmbedLink"); n != 0 {
						t.Errorf("%d mints", n)
					}
				})
			}
		}
	}
}

func first(t *testing.T, gates ...*middleware.Gate) *middleware.Gate {
	t.Helper()
	g, err := middleware.First(gates...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// revokeOwn is alice's POST revoke, past any gate.
func revokeOwn(h *pme.Handler) error {
	r := httptest.NewRequest(http.MethodPost, "/revoke", nil)
	u := &identity.User{ID: "alice", Session: "phone"}
	handler.Revoke(h.Issuer()).ServeHTTP(httptest.NewRecorder(), r.WithContext(identity.NewContext(r.Context(), u)))
	return nil
}

// A login of the application's that decides before pme's routes are reached needs handler.Begin around it.
func TestBeginCoversALoginOutside(t *testing.T) {
	stop := newHeld()
	login := func(next http.Handler) http.Handler { return (&ownLogin{held: stop}).Require(next) }
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		u, _ := identity.FromContext(r.Context())
		return *u, nil
	}), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = gate })
	for name, served := range map[string]http.Handler{
		"mounted":    h,
		"hand-wired": gate.Require(handler.Token(h.Issuer())),
		"ungated":    handler.Token(h.Issuer()),
	} {
		w := httptest.NewRecorder()
		var wg sync.WaitGroup
		wg.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+office, nil)
			handler.Begin(h.Issuer())(login(served)).ServeHTTP(w, r)
		})
		<-stop.decided
		if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
			t.Fatal(err)
		}
		stop.goOn <- true
		wg.Wait()
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d, want 503\n%s", name, w.Code, w.Body)
		}
	}
	if n := up.Calls("createPrivateModelEmbedLink"); n != 0 {
		t.Errorf("%d mints", n)
	}
}

// panicky is an Authenticator that panics where it is told to drop what it remembers.
type panicky struct{ *middleware.Gate }

func (panicky) Invalidate(string) { panic("it remembers nothing") }

func TestTokensAreRevokedThoughTheAuthenticatorPanics(t *testing.T) {
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = panicky{byHeader()} })
	ask(t, h, "alice", "")
	out, err := h.RevokeUser(t.Context(), "alice")
	if err == nil || out.Tokens != 1 || len(up.LiveTokens()) != 0 {
		t.Errorf("%+v, %v, %d live; want one token revoked, and an error", out, err, len(up.LiveTokens()))
	}
}
