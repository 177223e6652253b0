// Package provider is what package bearer and package oidclogin both need of an OpenID provider: a client
// that is safe to call it with, its signing keys, and the claims that say who a user is.
package provider

import (
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Algorithms are the signature algorithms that can be accepted: those of go-oidc, all of which are
// asymmetric.
var Algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512,
	oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA,
}

// MaxSubject is the longest sub in bytes (OpenID Connect Core 1.0 §2).
const MaxSubject = 255

// escapeIssuer leaves no number sign in an issuer, and none of its own escapes ambiguous.
var escapeIssuer = strings.NewReplacer("%", "%25", "#", "%23")

// UserID is the user ID of the person whom an issuer calls subject:
//
//	https://id.example.com#248289761001
//
// A subject means something to its issuer only (OpenID Connect Core 1.0 §5.7), so both are in it. No
// two different pairs have the same ID: the first number sign ends the issuer, in which number and
// percent signs are escaped. An issuer's URL usually has neither.
func UserID(issuer, subject string) string {
	return escapeIssuer.Replace(issuer) + "#" + subject
}

// Brief cuts the text of an error from the provider's side to what a log can take.
func Brief(err error) string {
	const most = 300
	s := err.Error()
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
