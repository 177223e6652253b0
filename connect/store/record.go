package store

import (
	"time"

	"github.com/go-pme/pme/matterport"
)

// A Key names a connection by its user and its own ID.
type Key struct{ User, ID string }

// A Record is a connection as a [Store] stores it.
type Record struct {
	Key
	Label     string // the user's name for it; may be empty
	Scopes    []matterport.Scope
	Connected time.Time // when the user last connected it
	Refreshed time.Time // when its tokens were last renewed; zero before the first time

	// RefreshToken is empty once Matterport has refused it: the user has to connect again.
	RefreshToken matterport.Secret

	AccessToken matterport.Secret // empty if the RefreshToken is
	ValidUntil  time.Time         // of the AccessToken, on Matterport's clock; zero if unknown
}

// Reconnect reports whether the user has to connect again.
func (r *Record) Reconnect() bool { return r.RefreshToken == "" }

// A PendingAuthorization belongs to an attempt to connect that has begun and whose callback has not come
// yet.
type PendingAuthorization struct {
	ID         string // a nonce, which comes back with the callback
	User       string
	Connection string // the ID of the connection that is connected again; empty for a new one
	Label      string
	Proof      [32]byte          // SHA-256 of the secret in the browser's cookie
	Verifier   matterport.Secret // of PKCE
	Ends       time.Time
}
