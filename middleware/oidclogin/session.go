package oidclogin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/internal/memo"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
	"github.com/go-pme/pme/middleware/oidclogin/internal/observed"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
	"github.com/go-pme/pme/middleware/revocation"
)

var (
	errNoSession  = fmt.Errorf("%w: no session", middleware.ErrNotSignedIn)
	errUnreadable = fmt.Errorf("%w: the session cookie cannot be read: forged, cut off, expired or from other keys", middleware.ErrNotSignedIn)
	errExpired    = fmt.Errorf("%w: the session has expired", middleware.ErrNotSignedIn)
	errEnded      = fmt.Errorf("%w: the session has been ended", middleware.ErrNotSignedIn)
)

// sessions recognizes users by their session cookies. It implements [middleware.Recognizer].
type sessions struct {
	party
	seals      *sealed.Seals
	jar        cookie.Jar
	cookieName string
	names      names
	memo       *memo.Table[revocation.Session]
	memoOf     atomic.Pointer[string] // the CookieSecrets by which memo was filled: see forgetOldKeys
	flights    *flight.Group          // of discovery and renewals
	keys       *provider.Keys
	given      revocation.Store // as the Config has it
	parts      []health.Part
	stopKeys   func() // telling that CookieSecrets have changed

	mu        sync.Mutex // guards what follows
	onSignOut []func(ctx context.Context, userID, session string)
}

var (
	_ middleware.Recognizer      = (*sessions)(nil)
	_ middleware.Invalidator     = (*sessions)(nil)
	_ middleware.SignOutNotifier = (*sessions)(nil)
	_ middleware.SessionRevoker  = (*sessions)(nil)
	_ middleware.SignOutLinker   = (*sessions)(nil)
	_ middleware.SessionStorer   = (*sessions)(nil)
	_ health.Reporter            = (*sessions)(nil)
)

func newSessions(cfg *Config, jar cookie.Jar) (*sessions, error) {
	seals, err := sealed.New(cfg.CookieKeys, cfg.CookieSecrets, cfg.Issuer, cfg.ClientID)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says which field is wrong
	}
	secrets, err := newClientSecrets(cfg)
	if err != nil {
		return nil, fmt.Errorf("oidclogin: ClientSecrets: %w", err)
	}
	client := provider.NewClient(cfg.HTTPClient)
	keys := provider.NewKeys(provider.Config{Issuer: cfg.Issuer, DiscoveryURL: cfg.DiscoveryURL, Client: client, Logger: cfg.Logger, Now: cfg.Now})
	flights := flight.New(cfg.Logger)
	sets := new(named.Sets)
	s := &sessions{
		party: party{
			cfg: cfg, client: client, named: sets, groupClaim: newGroupClaim(cfg, sets),
			discovery: &discovery{cfg: cfg, client: client, keys: keys, flights: flights},
			secrets:   secrets,
		},
		seals:      seals,
		jar:        jar,
		cookieName: jar.Name(cfg.CookieName),
		names:      names{prefix: "oidc" + seals.Binding() + "/"},
		memo:       memo.New[revocation.Session](),
		flights:    flights,
		keys:       keys,
	}
	s.observe()
	if s.stopKeys, err = s.watchKeys(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// observe has the login note how its store and its provider do. It comes before they are used.
func (s *sessions) observe() {
	const name = "login"
	var calls provider.Observer
	calls.Observe(s.client)
	s.given = s.cfg.Store
	stored := &observed.Store{Store: s.cfg.Store}
	s.parts = slices.Concat(
		calls.HealthParts(name), condition.Of(s.cfg.Store),
		[]health.Part{s.discovery.health.Part(name), s.keys.HealthPart(name), stored.Condition.Part(name)},
		secretParts(s.secrets), cookieParts(s.cfg))
	s.cfg.Store = stored
}

// Sought says by what users are recognized, for the log of the gate.
func (s *sessions) Sought() string { return fmt.Sprintf("the cookie %q", s.cookieName) }

// SessionStores implements [middleware.SessionStorer].
func (s *sessions) SessionStores() []revocation.Store { return []revocation.Store{s.given} }

// HealthParts implements [health.Reporter].
func (s *sessions) HealthParts() []health.Part { return s.parts }

// Recognize implements [middleware.Recognizer]. It clears a cookie that is no longer valid, and writes one
// that is to be extended. After an error of another kind the cookie stays.
func (s *sessions) Recognize(w http.ResponseWriter, r *http.Request) (*identity.User, error) {
	value, ok := cookie.Sole(r.Header, s.cookieName)
	if !ok {
		c, err := r.Cookie(s.cookieName)
		if err != nil {
			return nil, errNoSession
		}
		value = c.Value
	}
	u, err := s.recognize(w, r, value)
	if errors.Is(err, middleware.ErrNotSignedIn) && !errors.Is(err, errNamedLater) {
		s.jar.Clear(w, s.cookieName)
	}
	return u, err
}

func (s *sessions) recognize(w http.ResponseWriter, r *http.Request, value string) (*identity.User, error) {
	now := s.cfg.Now()
	s.forgetOldKeys()
	if e := s.memo.Find(value); e != nil && now.Before(e.Until) {
		if err := s.checkEnded(r.Context(), e.Proof); err != nil {
			return nil, err
		}
		return e.User, nil
	}
	begun := s.memo.Begin()
	in, err := s.open(value)
	if err != nil {
		return nil, err
	}
	if !now.Before(in.expires(s.cfg.IdleTimeout, s.cfg.Lifetime)) {
		return nil, errExpired
	}
	session := s.revocable(in)
	if err := s.checkEnded(r.Context(), session); err != nil {
		return nil, err
	}
	if err := s.loadGroups(r.Context(), in); err != nil {
		return nil, err
	}
	in, changed, err := s.refreshed(r.Context(), in, now)
	if err != nil {
		return nil, err
	}
	until := s.rereadAt(in)
	if s.lacks(in) {
		good, err := s.asksAgain(w, r, in, now)
		if err != nil {
			return nil, err
		}
		until = earlier(until, good)
	}
	u := in.user(s.cfg.Issuer)
	if changed {
		if err := s.write(r.Context(), w, in, now); err != nil { // the old cookie goes on until its own end
			s.cfg.Logger.WarnContext(r.Context(), "session cookie not rewritten", slog.Any("error", err))
		}
		return u, nil
	}
	s.memo.Keep(begun, value, u, until, session)
	return u, nil
}

// refreshed returns the session, renewed and extended if that is due, and whether that changed it.
func (s *sessions) refreshed(ctx context.Context, in *signIn, now time.Time) (_ *signIn, changed bool, err error) {
	if s.isDue(in, now) {
		if in, changed, err = s.renew(ctx, in); err != nil {
			return nil, false, err
		}
	}
	if now.Unix() >= s.extendAt(in) {
		in.seen, changed = now.Unix(), true
	}
	return in, changed, nil
}

// Invalidate implements [middleware.Invalidator].
func (s *sessions) Invalidate(userID string) { s.memo.Invalidate(userID) }

// Close implements [io.Closer].
func (s *sessions) Close() error {
	s.flights.Close()
	s.keys.Close()
	if s.secrets != nil {
		s.secrets.Close()
	}
	s.stopKeys()
	s.client.CloseIdleConnections()
	return nil
}

// maxCookie is the longest sealed cookie in bytes: browsers keep 4,096 for name, value and attributes.
const maxCookie = 3800

// open returns the session in a cookie, whether or not it has expired, without groups that are in the store.
func (s *sessions) open(value string) (*signIn, error) {
	if len(value) > maxCookie {
		return nil, errUnreadable
	}
	in := new(signIn)
	if s.seals.Open(s.cookieName, value, in) != nil {
		return nil, errUnreadable
	}
	return in, nil
}

// write seals the session into the browser's cookie.
func (s *sessions) write(ctx context.Context, w http.ResponseWriter, in *signIn, now time.Time) error {
	value, err := s.sealSession(ctx, in, now)
	if err != nil {
		return err
	}
	s.setCookie(w, in, value, now)
	return nil
}

func (s *sessions) setCookie(w http.ResponseWriter, in *signIn, value string, now time.Time) {
	s.jar.Set(w, s.cookieName, value, in.expires(s.cfg.IdleTimeout, s.cfg.Lifetime).Sub(now))
}

// extendAt returns when the cookie is next written anew because it is in use.
func (s *sessions) extendAt(in *signIn) int64 {
	return time.Unix(in.seen, 0).Add(s.cfg.IdleTimeout / 4).Unix()
}

// rereadAt returns until when the cookie need not be opened again.
func (s *sessions) rereadAt(in *signIn) time.Time {
	t := earlier(in.expires(s.cfg.IdleTimeout, s.cfg.Lifetime), time.Unix(s.extendAt(in), 0))
	if in.renewAt != 0 {
		t = earlier(t, time.Unix(in.renewAt, 0))
	}
	return t
}
