package middleware_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// otherStore is a store whose session lives elsewhere, with an answer of the test's choice.
type otherStore struct {
	session *sessions.Session
	err     error
}

func (s otherStore) Get(*http.Request, string) (*sessions.Session, error) { return s.session, s.err }

func (s otherStore) New(*http.Request, string) (*sessions.Session, error) { return s.session, s.err }

func (otherStore) Save(*http.Request, http.ResponseWriter, *sessions.Session) error {
	return errors.New("not to be written")
}

func TestSessionOfTheHostIsRecognised(t *testing.T) {
	files := sessions.NewFilesystemStore(t.TempDir(), hashKey)
	cookies := sessions.NewCookieStore(hashKey)
	for name, store := range map[string]sessions.Store{"CookieStore": cookies, "FilesystemStore": files} {
		t.Run(name, func(t *testing.T) {
			g := session(store, newHost().user)
			c := signIn(t, store, "alice")
			for range 2 {
				wantSignedIn(t, g, withCookie(c.Value), "alice")
			}
			wantUnauthenticated(t, g, request())
			wantUnauthenticated(t, g, withCookie(signIn(t, store, "").Value))
		})
	}
}

func TestNewSessionIsUnauthenticatedAndUserIsNotCalled(t *testing.T) {
	h := newHost()
	fresh := sessions.NewSession(nil, sessionName)
	fresh.IsNew = true
	fresh.Values["user"] = "alice"
	wantUnauthenticated(t, session(otherStore{session: fresh}, h.user), request())
	wantUnauthenticated(t, session(h.store, h.user), request())
	if n := h.asked.Load(); n != 0 {
		t.Errorf("the host was asked %d times, want never", n)
	}
}

func TestErrorOfTheStoreIs503UnlessItIsAVerdictOnTheCookie(t *testing.T) {
	noKeys := sessions.NewCookieStore()
	emptyKey := sessions.NewCookieStore([]byte{})
	_, errNoKeys := noKeys.New(request(sessionName+"=x"), sessionName)
	_, errEmptyKey := emptyKey.New(request(sessionName+"=x"), sessionName)
	_, errForged := newHost().store.New(request(sessionName+"=x"), sessionName)
	_, errTooLong := newHost().store.New(withCookie(strings.Repeat("x", 5000)), sessionName)

	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"backend down", errDatabase, http.StatusServiceUnavailable},
		{"store without keys", errNoKeys, http.StatusServiceUnavailable},
		{"store with an empty key", errEmptyKey, http.StatusServiceUnavailable},
		{
			"database behind a Unix socket that is gone",
			&net.OpError{Op: "dial", Net: "unix", Err: os.NewSyscallError("connect", syscall.ENOENT)},
			http.StatusServiceUnavailable,
		},
		{"session file that may not be read", &fs.PathError{Op: "open", Path: "session_1", Err: fs.ErrPermission}, http.StatusServiceUnavailable},
		{"session file that is gone", &fs.PathError{Op: "open", Path: "session_1", Err: fs.ErrNotExist}, http.StatusUnauthorized},
		{"forged cookie", errForged, http.StatusUnauthorized},
		{"forged cookie, error wrapped by the store", fmt.Errorf("store: %w", errForged), http.StatusUnauthorized},
		{"cookie that is too long", errTooLong, http.StatusUnauthorized},
		{"one securecookie error", securecookie.ErrMacInvalid, http.StatusUnauthorized},
		{"one unusable key among others", securecookie.MultiError{errNoKeys, securecookie.ErrMacInvalid}, http.StatusUnauthorized},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil {
				t.Fatal("the store gave no error")
			}
			h := newHost()
			g := session(otherStore{sessions.NewSession(nil, sessionName), tt.err}, h.user)
			if w, user := visit(g, request()); w.Code != tt.want || user != "" {
				t.Errorf("let through %q with status %d, want nobody and %d", user, w.Code, tt.want)
			}
			if n := h.asked.Load(); n != 0 {
				t.Errorf("the host was asked %d times, want never", n)
			}
		})
	}
}

func TestStoreThatReturnsNoSessionIs503(t *testing.T) {
	g := session(otherStore{}, newHost().user)
	if w, user := visit(g, request()); w.Code != http.StatusServiceUnavailable || user != "" {
		t.Errorf("let through %q with status %d, want nobody and 503", user, w.Code)
	}
}

func TestSessionFileThatIsGoneIsUnauthenticated(t *testing.T) {
	dir := t.TempDir()
	store := sessions.NewFilesystemStore(dir, hashKey)
	c := signIn(t, store, "alice")
	g := session(store, newHost().user)
	wantSignedIn(t, g, withCookie(c.Value), "alice")

	files, err := filepath.Glob(filepath.Join(dir, "session_*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("session files %q, %v; want one", files, err)
	}
	if err := os.WriteFile(files[0], []byte("cut o"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantUnauthenticated(t, g, withCookie(c.Value))
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	wantUnauthenticated(t, g, withCookie(c.Value))
}

func TestErrorOfTheUserFunctionIsNotRemembered(t *testing.T) {
	h := newHost()
	err := errDatabase
	g := session(h.store, func(s *sessions.Session) (identity.User, error) {
		u, _ := h.user(s)
		return u, err
	})
	c := h.cookie(t, "alice")
	if w, user := visit(g, withCookie(c.Value)); w.Code != http.StatusServiceUnavailable || user != "" {
		t.Errorf("let through %q with status %d, want nobody and 503", user, w.Code)
	}
	err = nil
	wantSignedIn(t, g, withCookie(c.Value), "alice")
}

func TestSessionOfACookieStoreIsTheCookiesOwn(t *testing.T) {
	h := newHost()
	c := h.cookie(t, "alice")
	g := session(h.store, h.user)
	for range 2 { // decoded, then remembered: the answer is the same
		r := withCookie(c.Value)
		s, err := h.store.Get(r, sessionName)
		if err != nil {
			t.Fatal(err)
		}
		s.Values["user"] = "bob" // by another handler, and not saved
		wantSignedIn(t, g, r, "alice")
	}
}

func TestOtherStoresShareTheSessionOfTheRequest(t *testing.T) {
	store := sessions.NewFilesystemStore(t.TempDir(), hashKey)
	r := withCookie(signIn(t, store, "alice").Value)
	s, err := store.Get(r, sessionName)
	if err != nil {
		t.Fatal(err)
	}
	delete(s.Values, "user")
	wantUnauthenticated(t, session(store, newHost().user), r)
}

func TestSessionNeverWritesACookie(t *testing.T) {
	h := newHost()
	g := session(h.store, h.user)
	for name, r := range map[string]*http.Request{
		"signed in":  withCookie(h.cookie(t, "alice").Value),
		"no cookie":  request(),
		"forged":     withCookie("forged"),
		"navigation": navigation(withCookie("forged")),
	} {
		if w, _ := visit(g, r); len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: set %v", name, w.Result().Cookies())
		}
	}
}

func TestSessionLogsNoCookieAndNothingForThoseLetThrough(t *testing.T) {
	h := newHost()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	g := session(h.store, h.user, func(cfg *middleware.SessionConfig) { cfg.Logger = logger })
	c := h.cookie(t, "alice")
	for range 3 {
		visit(g, withCookie(c.Value))
	}
	if log.Len() != 0 {
		t.Errorf("log of those let through: %q, want nothing", log.String())
	}
	visit(g, withCookie(c.Value+"AAAA"))
	if strings.Count(log.String(), "\n") != 1 || strings.Contains(log.String(), c.Value) {
		t.Errorf("log %q, want one record without the cookie", log.String())
	}
}

func TestSessionReportsAllThatIsWrong(t *testing.T) {
	g, err := middleware.NewSession(middleware.SessionConfig{Name: "two words", LoginURL: "login"})
	if err == nil {
		t.Fatalf("made %v, want an error", g)
	}
	for _, want := range []string{"Store is missing", `"two words"`, "User is missing", "LoginURL"} {
		if !strings.Contains(err.Error(), "middleware: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestUserKeyTakesThePlaceOfUser(t *testing.T) {
	h := newHost()
	var log bytes.Buffer
	gate := must(middleware.NewSession(middleware.SessionConfig{
		Store: h.store, Name: sessionName, UserKey: "user", Logger: slog.New(slog.NewTextHandler(&log, nil)),
	}))
	wantSignedIn(t, gate, withCookie(h.cookie(t, "alice").Value), "alice")
	wantUnauthenticated(t, gate, withCookie(h.encoded(t, sessionName, map[any]any{"other": "alice"})))
	answer, _ := visit(gate, withCookie(h.encoded(t, sessionName, map[any]any{"user": 7})))
	if answer.Code != http.StatusServiceUnavailable || !strings.Contains(log.String(), "UserKey") || !strings.Contains(log.String(), "type int") {
		t.Errorf("an ID that is a number: %d, log %s", answer.Code, log.String())
	}
}

func TestUserAndUserKeyExcludeEachOther(t *testing.T) {
	h := newHost()
	_, err := middleware.NewSession(middleware.SessionConfig{Store: h.store, Name: sessionName, UserKey: "user", User: h.user})
	if err == nil || !strings.Contains(err.Error(), "User and UserKey are both set") {
		t.Errorf("got: %v", err)
	}
}
