package middleware

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/revocation"
	"github.com/go-pme/pme/pages"
)

// chain asks several gates in order.
type chain []*Gate

// First makes one gate of several, for users who come in different ways: a single-page application with
// a token, a browser with a session.
//
//	gate, err := middleware.First(bearerGate, sessionGate)
//
// The gates are asked in order, and the first that recognizes a user decides who it is. If a gate finds
// no credential, the next one is asked. A credential that is not accepted, or an error, ends the search:
// the sender of an expired token must not be taken for another user, nor must one whose token cannot be
// checked at the moment.
//
// A request that is not let through gets the answer of the last gate: put the one with the login page
// there. Headers that any of the gates would trust to name a user (see [NewTrustedHeader]) are not
// passed on, whichever gate decided.
//
// The gates must agree on IDs if a user is to be the same person at all of them. First fails if there is
// no gate, or one of them is nil. Closing the new gate closes all of them.
func First(gates ...*Gate) (*Gate, error) {
	if len(gates) == 0 {
		return nil, errors.New("middleware: First needs a gate")
	}
	all := make(chain, len(gates))
	var hide func(http.Header) http.Header
	for i, g := range gates {
		if g == nil {
			return nil, fmt.Errorf("middleware: gate %d of First is nil: look at its constructor's error", i+1)
		}
		all[i], hide = g, both(hide, g.hide)
	}
	answers := gates[len(gates)-1].refusal
	answers.relogin = newRelogin(all, answers.login)
	return &Gate{recognizer: all, refusal: answers, hide: hide}, nil
}

// both returns a function that does what f and g do; either may be nil.
func both(f, g func(http.Header) http.Header) func(http.Header) http.Header {
	switch {
	case f == nil:
		return g
	case g == nil:
		return f
	}
	return func(h http.Header) http.Header { return g(f(h)) }
}

// Recognize implements [Recognizer].
func (c chain) Recognize(w http.ResponseWriter, r *http.Request) (u *identity.User, err error) {
	for _, g := range c {
		u, err = g.recognize(w, r)
		if err == nil || !errors.Is(err, ErrNotSignedIn) {
			break
		}
	}
	return u, err
}

// Sought says what all gates look for.
func (c chain) Sought() string {
	var all []string
	for _, g := range c {
		if s, ok := g.recognizer.(seeker); ok {
			all = append(all, s.Sought())
		}
	}
	return strings.Join(all, " or ")
}

// Invalidate implements [Invalidator].
func (c chain) Invalidate(userID string) {
	for _, g := range c {
		g.Invalidate(userID)
	}
}

// OnSignOut implements [SignOutNotifier].
func (c chain) OnSignOut(f func(ctx context.Context, userID, session string)) {
	for _, g := range c {
		g.OnSignOut(f)
	}
}

// UsePages implements [PageShower].
func (c chain) UsePages(p *pages.Pages) {
	for _, g := range c {
		g.UsePages(p)
	}
}

// SignOutURL implements [SignOutLinker], by the first gate that knows one.
func (c chain) SignOutURL() string {
	for _, g := range c {
		if address := g.SignOutURL(); address != "" {
			return address
		}
	}
	return ""
}

// SessionStores implements [SessionStorer].
func (c chain) SessionStores() []revocation.Store {
	var stores []revocation.Store
	for _, g := range c {
		stores = append(stores, g.SessionStores()...)
	}
	return stores
}

// RevokeSessions implements [SessionRevoker].
func (c chain) RevokeSessions(ctx context.Context, userID, session string) error {
	var errs []error
	for _, g := range c {
		errs = append(errs, g.RevokeSessions(ctx, userID, session))
	}
	return errors.Join(errs...)
}

// KeepGroups implements [GroupKeeper].
func (c chain) KeepGroups(names func() []string) (changed func()) {
	all := make([]func(), len(c))
	for i, g := range c {
		all[i] = g.KeepGroups(names)
	}
	return func() {
		for _, changed := range all {
			changed()
		}
	}
}

// Close implements [io.Closer].
func (c chain) Close() error {
	var errs []error
	for _, g := range c {
		errs = append(errs, g.Close())
	}
	return errors.Join(errs...)
}
