package pme

import (
	"errors"
	"reflect"

	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware"
	loginstore "github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// A Fleet is what replicas of an application share. The module github.com/go-pme/pme/fleet has one on Redis or Valkey.
type Fleet interface {
	// Tokens is the store of live tokens.
	Tokens() store.Store

	// Sessions is the store of logins, which knows the sessions that were ended. It is the same at every call.
	Sessions() loginstore.Store

	// OnRevoked has f called when any replica has revoked tokens, before that revocation returns. The zero Selector means
	// that revocations may have been missed. Call stop when f is not needed any more.
	OnRevoked(f func(store.Selector)) (stop func())
}

// store is the store of tokens; nil is the default of package issuer.
func (c Config) store() store.Store {
	if isNil(c.Fleet) {
		return c.Store
	}
	return c.Fleet.Tokens()
}

// checkFleet reports what is not shared although there is a fleet.
func (c Config) checkFleet() error {
	if c.Fleet == nil {
		return nil
	}
	if isNil(c.Fleet) {
		return errors.New("pme: Fleet is nil: look at the error of fleet.Open")
	}
	var errs []error
	if c.Store != nil {
		errs = append(errs, errors.New("pme: both Store and Fleet are set: leave Store out, the fleet has one"))
	}
	if a, ok := c.Authenticate.(middleware.SessionStorer); ok && !isNil(a) {
		for _, own := range a.SessionStores() {
			if !same(own, c.Fleet.Sessions()) {
				errs = append(errs, errors.New("pme: Authenticate looks up ended sessions in a store of its own, so signing out would hold on one replica only: give it Fleet.Sessions()"))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// same reports whether both are one store.
func same(a, b revocation.Store) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// accountsTopic is that of the hints which users' connected accounts have changed.
const accountsTopic = "connected accounts"

// join has this replica learn what the others change, and them what it changes.
func (h *Handler) join(f Fleet) (leave func()) {
	if isNil(f) {
		return func() {}
	}
	stopRevoked, stopAccounts := f.OnRevoked(h.heardRevoked), h.shareAccounts(f)
	return func() {
		stopRevoked()
		stopAccounts()
	}
}

// heardRevoked has the Authenticator forget the users whose tokens any replica revokes, and the pages of their connected
// accounts ask whether they are still signed in. These are all users if everything was revoked, or if that may have been missed.
func (h *Handler) heardRevoked(s store.Selector) {
	if s.User == "" && !s.All && s != (store.Selector{}) {
		return
	}
	if a, ok := h.authenticate.(middleware.Invalidator); ok {
		a.Invalidate(s.User)
	}
	if h.connections != nil {
		revocations.TellHere(h.connections, s.User, "")
	}
}

// shareAccounts has the pages of connected accounts learn at once what happens to these on another replica. Without it they
// find out within 25 seconds.
func (h *Handler) shareAccounts(f Fleet) (leave func()) {
	hints, ok := f.Tokens().(store.Hinter)
	if !ok || h.connections == nil {
		return func() {}
	}
	stopTelling := revocations.Relay(h.connections, func(user string) { hints.Hint(accountsTopic, user) })
	stopHearing := hints.OnHint(accountsTopic, func(user string) { revocations.TellHere(h.connections, user, "") })
	return func() {
		stopTelling()
		stopHearing()
	}
}
