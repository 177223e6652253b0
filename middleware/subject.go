package middleware

import "strings"

// escapeIssuer leaves no number sign in an issuer, and none of its own escapes ambiguous.
var escapeIssuer = strings.NewReplacer("%", "%25", "#", "%23")

// subjectID is the user ID of the person whom an identity provider calls subject:
//
//	https://id.example.com#248289761001
//
// A subject means something to its issuer only (OpenID Connect Core 1.0 §5.7), so both are in it. No
// two different pairs have the same ID: the first number sign ends the issuer, in which number and
// percent signs are escaped. An issuer's URL has neither as a rule.
func subjectID(issuer, subject string) string {
	return escapeIssuer.Replace(issuer) + "#" + subject
}
