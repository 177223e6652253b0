package pme_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/revocation"
)

// cookieLogin is a host with its sessions in cookies. It returns the gate and a function that signs in.
func cookieLogin(t *testing.T, record revocation.Store) (*middleware.Gate, func(user, device string) *http.Cookie) {
	t.Helper()
	store := sessions.NewCookieStore([]byte("0123456789abcdef0123456789abcdef"))
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store, Name: "intranet", Revocations: record,
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			device, _ := s.Values["device"].(string)
			at, _ := s.Values["signed_in_at"].(int64)
			return identity.User{ID: id, Session: device, SignedInAt: time.UnixMilli(at)}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return gate, func(user, device string) *http.Cookie {
		r, w := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", nil), httptest.NewRecorder()
		s, _ := store.Get(r, "intranet")
		s.Values["user"], s.Values["device"], s.Values["signed_in_at"] = user, device, time.Now().UnixMilli()-5
		if err := s.Save(r, w); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()[0]
	}
}

func wantStatus(t *testing.T, h http.Handler, c *http.Cookie, want int) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+office, nil)
	r.AddCookie(c)
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != want {
		t.Errorf("status %d, want %d: %s", w.Code, want, w.Body)
	}
}

func TestRevokedUserGetsNoTokenWithACopiedCookie(t *testing.T) {
	gate, signIn := cookieLogin(t, middleware.NewMemoryRevocations())
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = gate })
	phone, desk, bob := signIn("alice", "phone"), signIn("alice", "desk"), signIn("bob", "phone")
	for _, c := range []*http.Cookie{phone, desk, bob} {
		wantStatus(t, h, c, http.StatusOK)
	}
	if out, err := h.RevokeSession(t.Context(), "alice", "phone"); err != nil || out.Tokens != 1 {
		t.Errorf("RevokeSession: %+v, %v", out, err)
	}
	wantStatus(t, h, phone, http.StatusUnauthorized)
	wantStatus(t, h, desk, http.StatusOK)
	wantStatus(t, h, bob, http.StatusOK)
	if out, err := h.RevokeUser(t.Context(), "alice"); err != nil || out.Tokens != 1 {
		t.Errorf("RevokeUser: %+v, %v", out, err)
	}
	wantStatus(t, h, desk, http.StatusUnauthorized)
	wantStatus(t, h, bob, http.StatusOK)
	if n := len(up.LiveTokens()); n != 1 {
		t.Errorf("%d tokens live, want bob's", n)
	}
}

// watchedLogin is a login whose sessions can be ended, and that notes when.
type watchedLogin struct {
	*middleware.Gate
	ended []string
	live  func() int
	err   error
}

func (l *watchedLogin) RevokeSessions(_ context.Context, userID, session string) error {
	if l.live() == 0 {
		userID += " after the tokens"
	}
	l.ended = append(l.ended, userID+"/"+session)
	return l.err
}

func TestSessionsEndBeforeTheirTokens(t *testing.T) {
	login := &watchedLogin{Gate: byHeader()}
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = login })
	login.live = func() int { return len(up.LiveTokens()) }
	ask(t, h, "alice", "phone")
	if _, err := h.RevokeUser(t.Context(), "alice"); err != nil {
		t.Error(err)
	}
	ask(t, h, "alice", "phone")
	if _, err := h.RevokeSession(t.Context(), "alice", "phone"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"alice/", "alice/phone"}, login.ended); diff != "" {
		t.Errorf("ended (-want +got):\n%s", diff)
	}
}

func TestTokensAreRevokedEvenIfSessionsAreNot(t *testing.T) {
	login := &watchedLogin{Gate: byHeader(), err: errors.New("record is down")}
	h, up := newHandler(t, func(c *pme.Config) { c.Authenticate = login })
	login.live = func() int { return len(up.LiveTokens()) }
	for what, revoke := range map[string]func() (issuer.Revocation, error){
		"user":    func() (issuer.Revocation, error) { return h.RevokeUser(t.Context(), "alice") },
		"session": func() (issuer.Revocation, error) { return h.RevokeSession(t.Context(), "alice", "phone") },
	} {
		ask(t, h, "alice", "phone")
		out, err := revoke()
		if !errors.Is(err, login.err) || out.Tokens != 1 || len(up.LiveTokens()) != 0 {
			t.Errorf("%s: %+v, %v, %d tokens live; want the error and no token", what, out, err, len(up.LiveTokens()))
		}
	}
}
