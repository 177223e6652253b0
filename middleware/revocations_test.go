package middleware_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/revocation"
)

// datedHost is a host that keeps in its sessions when they began, and which sign-in they are.
type datedHost struct{ store sessions.Store }

func newDatedHost() *datedHost { return &datedHost{store: sessions.NewCookieStore(hashKey, blockKey)} }

func (h *datedHost) user(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values["user"].(string)
	device, _ := s.Values["device"].(string)
	at, _ := s.Values["signed_in_at"].(int64)
	return identity.User{ID: id, Session: device, SignedInAt: time.UnixMilli(at)}, nil
}

// signIn begins a session at that time and returns a request with its cookie; the zero time is not kept.
func (h *datedHost) signIn(t testing.TB, id, device string, at time.Time) func() *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/login", nil)
	s, err := h.store.New(r, sessionName)
	if err != nil {
		t.Fatal(err)
	}
	s.Values["user"], s.Values["device"] = id, device
	if !at.IsZero() {
		s.Values["signed_in_at"] = at.UnixMilli()
	}
	w := httptest.NewRecorder()
	if err := h.store.Save(r, w, s); err != nil {
		t.Fatal(err)
	}
	value := w.Result().Cookies()[0].Value
	return func() *http.Request { return withCookie(value) }
}

// revocable makes a gate with a record.
func (h *datedHost) revocable(record revocation.Store, change ...func(*middleware.SessionConfig)) *middleware.Gate {
	return session(h.store, h.user, append([]func(*middleware.SessionConfig){
		func(cfg *middleware.SessionConfig) { cfg.Revocations = record },
	}, change...)...)
}

func revoke(t testing.TB, g middleware.SessionRevoker, userID, session string) {
	t.Helper()
	if err := g.RevokeSessions(t.Context(), userID, session); err != nil {
		t.Error(err)
	}
}

// inTime runs a test on a clock of its own.
func inTime(t *testing.T, test func(t *testing.T)) { synctest.Test(t, test) }

func TestRevokedSessionIsRefusedWithEveryCopyOfItsCookie(t *testing.T) {
	for name, store := range map[string]sessions.Store{
		"CookieStore": sessions.NewCookieStore(hashKey, blockKey), "FilesystemStore": sessions.NewFilesystemStore(t.TempDir(), hashKey),
	} {
		for what, remembered := range map[string]time.Duration{"remembered": time.Minute, "not remembered": 0} {
			t.Run(name+" "+what, func(t *testing.T) {
				inTime(t, func(t *testing.T) {
					h := &datedHost{store: store}
					record := middleware.NewMemoryRevocations()
					g, replica := h.revocable(record, remember(remembered)), h.revocable(record, remember(remembered))
					old, bob := h.signIn(t, "alice", "", time.Now()), h.signIn(t, "bob", "", time.Now())
					for range 2 {
						wantSignedIn(t, g, old(), "alice")
						wantSignedIn(t, replica, old(), "alice")
						wantSignedIn(t, replica, bob(), "bob")
					}
					revoke(t, g, "alice", "")
					for range 2 {
						wantUnauthenticated(t, g, old())
						wantUnauthenticated(t, replica, old())
						wantSignedIn(t, replica, bob(), "bob")
					}
					time.Sleep(time.Millisecond)
					again := h.signIn(t, "alice", "", time.Now())
					for range 2 {
						wantSignedIn(t, replica, again(), "alice")
						wantUnauthenticated(t, replica, old())
					}
				})
			})
		}
	}
}

func TestOneSessionIsRevokedWithoutTheOthers(t *testing.T) {
	inTime(t, func(t *testing.T) {
		h := newDatedHost()
		g := h.revocable(middleware.NewMemoryRevocations())
		phone, desk := h.signIn(t, "alice", "phone", time.Now()), h.signIn(t, "alice", "desk", time.Now())
		bob, tricky := h.signIn(t, "bob", "phone", time.Now()), h.signIn(t, "ealice", "phon", time.Now())
		revoke(t, g, "alice", "phone")
		wantUnauthenticated(t, g, phone())
		wantSignedIn(t, g, desk(), "alice")
		wantSignedIn(t, g, bob(), "bob")
		wantSignedIn(t, g, tricky(), "ealice")
		revoke(t, g, "alice", "")
		wantUnauthenticated(t, g, desk())
		wantSignedIn(t, g, bob(), "bob")
	})
}

func TestSessionThatDoesNotSayWhenItBeganIsRefusedOnceTheUserIsRevoked(t *testing.T) {
	inTime(t, func(t *testing.T) {
		h := newDatedHost()
		g := h.revocable(middleware.NewMemoryRevocations())
		undated := h.signIn(t, "alice", "", time.Time{})
		for range 2 {
			wantSignedIn(t, g, undated(), "alice")
		}
		revoke(t, g, "bob", "")
		wantSignedIn(t, g, undated(), "alice")
		revoke(t, g, "alice", "")
		time.Sleep(time.Second)
		wantUnauthenticated(t, g, undated())
		wantUnauthenticated(t, g, h.signIn(t, "alice", "", time.Time{})())
		wantUnauthenticated(t, g, h.signIn(t, "alice", "", time.Unix(-7, 0))())
		wantSignedIn(t, g, h.signIn(t, "alice", "", time.Now())(), "alice")
	})
}

func TestSessionFromTheFutureIsRefusedAndTheOperatorIsTold(t *testing.T) {
	inTime(t, func(t *testing.T) {
		var log bytes.Buffer
		h := newDatedHost()
		g := h.revocable(middleware.NewMemoryRevocations(), func(cfg *middleware.SessionConfig) {
			cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		})
		wantSignedIn(t, g, h.signIn(t, "alice", "", time.Now().Add(10*time.Second))(), "alice")
		if log.Len() != 0 {
			t.Errorf("log %q, want nothing", log.String())
		}
		early := h.signIn(t, "alice", "", time.Now().Add(10*time.Second+time.Millisecond))
		wantUnauthenticated(t, g, early())
		if got := log.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "look at the clocks") || !strings.Contains(got, "user=alice") {
			t.Errorf("log %q, want what to do", got)
		}
		wantUnauthenticated(t, g, h.signIn(t, "alice", "", time.Unix(time.Now().UnixNano(), 0))()) // nanoseconds taken for seconds
		time.Sleep(time.Millisecond)
		wantSignedIn(t, g, early(), "alice")
	})
}

// The clock of another host is ahead, or this one was set back.
func TestSessionThatWasLetThroughHasBegunWhateverTheClockSays(t *testing.T) {
	inTime(t, func(t *testing.T) {
		h := newDatedHost()
		g := h.revocable(middleware.NewMemoryRevocations())
		ahead := h.signIn(t, "alice", "", time.Now().Add(9*time.Second))
		wantSignedIn(t, g, ahead(), "alice")
		revoke(t, g, "alice", "")
		wantUnauthenticated(t, g, ahead())
		time.Sleep(10 * time.Second)
		wantUnauthenticated(t, g, ahead())
		wantSignedIn(t, g, h.signIn(t, "alice", "", time.Now())(), "alice")
	})
}

func TestRevocationOutlivesEverySession(t *testing.T) {
	inTime(t, func(t *testing.T) {
		const life = 100 * 24 * time.Hour
		cookies := sessions.NewCookieStore(hashKey)
		cookies.MaxAge(0) // cookies that never expire
		h := &datedHost{store: cookies}
		limited := func(cfg *middleware.SessionConfig) { cfg.SessionLifetime = life }
		record := middleware.NewMemoryRevocations()
		g, usual := h.revocable(record, limited), h.revocable(middleware.NewMemoryRevocations())
		alice, bob := h.signIn(t, "alice", "", time.Now()), h.signIn(t, "bob", "", time.Now())
		revoke(t, g, "alice", "")
		time.Sleep(30 * 24 * time.Hour)
		wantSignedIn(t, usual, bob(), "bob")
		time.Sleep(time.Millisecond)
		wantUnauthenticated(t, usual, bob())
		time.Sleep(life - 30*24*time.Hour - time.Millisecond)
		wantUnauthenticated(t, g, alice())
		wantSignedIn(t, g, bob(), "bob")
		for range 100 { // long after the record has forgotten it
			time.Sleep(time.Hour)
			wantUnauthenticated(t, g, alice())
			wantUnauthenticated(t, g, bob())
		}
	})
}

var errRecord = errors.New("record is down")

// brokenRecord fails while err is set.
type brokenRecord struct {
	revocation.Store
	err error
}

func (b *brokenRecord) Revoked(ctx context.Context, s revocation.Session) (bool, error) {
	if b.err != nil {
		return true, b.err
	}
	return b.Store.Revoked(ctx, s)
}

func (b *brokenRecord) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	if b.err != nil {
		return b.err
	}
	return b.Store.RevokeIssued(ctx, name, until, ttl)
}

func TestRecordThatFailsIs503AndEndsNoSession(t *testing.T) {
	record := &brokenRecord{Store: middleware.NewMemoryRevocations()}
	h := newDatedHost()
	g := h.revocable(record)
	fresh := h.signIn(t, "alice", "", time.Now().Add(-time.Second))
	remembered := h.signIn(t, "bob", "", time.Now().Add(-time.Second))
	wantSignedIn(t, g, remembered(), "bob")
	record.err = errRecord
	for _, r := range []*http.Request{fresh(), remembered(), navigation(fresh())} {
		if w, user := visit(g, r); user != "" || w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || len(w.Result().Cookies()) != 0 {
			t.Errorf("let through %q with status %d, want 503 and the session kept", user, w.Code)
		}
	}
	if err := g.RevokeSessions(t.Context(), "alice", ""); !errors.Is(err, errRecord) {
		t.Errorf("RevokeSessions: %v", err)
	}
	wantHealth(t, g, "the store of revocations fails")
	record.err = nil
	wantSignedIn(t, g, fresh(), "alice")
	wantSignedIn(t, g, remembered(), "bob")
	wantHealth(t, g, "")
}

func wantHealth(t *testing.T, r health.Reporter, want string) {
	t.Helper()
	parts := r.HealthParts()
	if len(parts) != 1 || parts[0].Name != "sessions" {
		t.Fatalf("parts %+v, want one", parts)
	}
	if err := parts[0].Check(t.Context()); (err == nil) != (want == "") || err != nil && err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}

// Any login will do that says when its sessions began.
func TestRevocationsOfAnotherLogin(t *testing.T) {
	inTime(t, func(t *testing.T) {
		u := identity.User{ID: "alice", SignedInAt: time.Now()}
		record := &brokenRecord{Store: middleware.NewMemoryRevocations()}
		g := ask(func(*http.Request) (identity.User, error) { return u, nil }, func(cfg *middleware.Config) { cfg.Revocations = record })
		wantSignedIn(t, g, request(), "alice")
		revoke(t, g, "alice", "")
		wantUnauthenticated(t, g, request())
		time.Sleep(time.Second)
		wantUnauthenticated(t, g, request())
		u.SignedInAt = time.Now()
		wantSignedIn(t, g, request(), "alice")
		record.err = errRecord
		if w, user := visit(g, request()); user != "" || w.Code != http.StatusServiceUnavailable {
			t.Errorf("let through %q with status %d, want 503", user, w.Code)
		}
		wantHealth(t, g, "the store of revocations fails")
		record.err = nil
		u.ID = ""
		wantUnauthenticated(t, g, request())
	})
}

func TestGatesWithoutARecordRevokeNothing(t *testing.T) {
	h := newDatedHost()
	old := h.signIn(t, "alice", "", time.Now().Add(-1000*time.Hour))
	for name, g := range map[string]*middleware.Gate{
		"session": session(h.store, h.user), "first": first(session(h.store, h.user)),
		"func": ask(func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil }),
	} {
		revoke(t, g, "alice", "")
		revoke(t, g, "alice", "phone")
		if w, user := visit(g, old()); user != "alice" {
			t.Errorf("%s: status %d", name, w.Code)
		}
		if parts := g.HealthParts(); len(parts) != 0 {
			t.Errorf("%s: parts %+v", name, parts)
		}
	}
}

// revokers is a host's own way of ending sessions.
type revokers struct {
	keys
	revoked []string
	err     error
}

func (r *revokers) RevokeSessions(_ context.Context, userID, session string) error {
	r.revoked = append(r.revoked, userID+"/"+session)
	return r.err
}

func TestFirstRevokesAtAllGates(t *testing.T) {
	h := newDatedHost()
	failing, own := &revokers{err: errRecord}, new(revokers)
	g := first(
		must(middleware.New(failing, middleware.Config{})), h.revocable(middleware.NewMemoryRevocations()),
		must(middleware.New(own, middleware.Config{Revocations: middleware.NewMemoryRevocations()})))
	alice := h.signIn(t, "alice", "phone", time.Now().Add(-time.Second))
	wantSignedIn(t, g, alice(), "alice")
	wantSignedIn(t, g, withKey("alice"), "alice")
	if err := g.RevokeSessions(t.Context(), "alice", "phone"); !errors.Is(err, errRecord) {
		t.Errorf("%v, want the error of the gate that failed", err)
	}
	wantUnauthenticated(t, g, alice())
	for name, r := range map[string]*revokers{"failing": failing, "own": own} {
		if len(r.revoked) != 1 || r.revoked[0] != "alice/phone" {
			t.Errorf("%s: revoked %q", name, r.revoked)
		}
	}
}

func TestRevokingNeedsAUserAndALifetime(t *testing.T) {
	h := newDatedHost()
	if err := h.revocable(middleware.NewMemoryRevocations()).RevokeSessions(t.Context(), "", ""); err == nil {
		t.Error("no error for a user without an ID")
	}
	_, err := middleware.NewSession(middleware.SessionConfig{Store: h.store, Name: sessionName, User: h.user, SessionLifetime: -1})
	if err == nil || !strings.Contains(err.Error(), "SessionLifetime") {
		t.Errorf("error %v, want one about SessionLifetime", err)
	}
}

func TestRememberedSessionIsCheckedWithoutAllocation(t *testing.T) {
	h := newDatedHost()
	next := h.revocable(middleware.NewMemoryRevocations()).Require(nothing{})
	plain := session(h.store, h.user).Require(nothing{})
	r := h.signIn(t, "alice", "phone", time.Now().Add(-time.Second))()
	with := testing.AllocsPerRun(200, func() { next.ServeHTTP(nothing{}, r) })
	without := testing.AllocsPerRun(200, func() { plain.ServeHTTP(nothing{}, r) })
	if with != without {
		t.Errorf("%v allocations, want the %v of a gate without a record", with, without)
	}
}

func BenchmarkSessionHitRevocable(b *testing.B) {
	h := newDatedHost()
	next := h.revocable(middleware.NewMemoryRevocations()).Require(nothing{})
	r := h.signIn(b, "alice", "phone", time.Now().Add(-time.Second))()
	b.ReportAllocs()
	for b.Loop() {
		next.ServeHTTP(nothing{}, r)
	}
}
