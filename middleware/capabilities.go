package middleware

import (
	"context"
	"net/http"

	"github.com/go-pme/pme/middleware/revocation"
	"github.com/go-pme/pme/pages"
)

// An Invalidator remembers users between requests and can be told to stop. [*Gate] is one; a
// [Recognizer] that remembers users should be one too.
type Invalidator interface {
	// Invalidate drops what is remembered of the user with that ID, so that the next request asks
	// again. The empty ID stands for all users. It ends no session.
	Invalidate(userID string)
}

// A SignOutNotifier learns when users sign out, and tells others. [*Gate] is one; a [Recognizer] through
// which users sign out should be one too.
type SignOutNotifier interface {
	// OnSignOut adds f to the functions that are called when a user signs out of a session. An empty
	// session means all of the user's sessions. f may be called several times at once.
	OnSignOut(f func(ctx context.Context, userID, session string))
}

// A SessionRevoker ends sessions, copies of their cookies included. [*Gate] is one; a [Recognizer] whose
// sessions can be ended should be one too.
type SessionRevoker interface {
	// RevokeSessions ends the sessions of the user that have begun: all of them, or the one with that
	// identity.User.Session if session is not empty. Once it has returned without an error, no request
	// with one of them is let through, in any replica. After an error they may go on. A sign-in that
	// begins later is not affected.
	//
	// It calls no function of OnSignOut, as its caller knows already.
	RevokeSessions(ctx context.Context, userID, session string) error
}

// A SessionStorer looks up in stores which sessions have been ended. [*Gate] is one. Replicas must share them.
type SessionStorer interface {
	// SessionStores returns the stores, or none if sessions are not looked up.
	SessionStores() []revocation.Store
}

// A GroupKeeper keeps the groups of signed-in users, and needs to keep only those that a policy names. [*Gate]
// is one; a [Recognizer] whose sessions have little room for groups should be one too.
type GroupKeeper interface {
	// KeepGroups says which groups are needed: those that names returns, which may be another answer each
	// time, or all groups if names is nil. After several calls the groups of all of them are needed. Until the
	// first call all groups are.
	//
	// Call changed when the answer of names has changed. Sessions that may lack a group that is named now
	// are then renewed, or their users asked to sign in again. Both functions can be called at any time, by
	// several goroutines at once; names must not call changed.
	KeepGroups(names func() []string) (changed func())
}

// A PageShower answers people with pages. [*Gate] is one; a [Recognizer] that has pages should be one too.
type PageShower interface {
	// UsePages says how the pages look. Only the first call has an effect.
	UsePages(p *pages.Pages)
}

// A LoginLinker knows where users who are signed in sign in again, for what needs a recent sign-in. [*Gate] is one.
type LoginLinker interface {
	// LoginAgainURL returns the address of the login, with the way back to the page that r opens, or "" if it is not known.
	LoginAgainURL(r *http.Request) string
}

// A SignOutLinker knows where users sign out. [*Gate] is one; a [Recognizer] through which users sign out
// should be one too.
type SignOutLinker interface {
	// SignOutURL is the local path of a page at which users can sign out, or empty. Opening the page does not sign out.
	SignOutURL() string
}
