package matterporttest

import (
	"net/url"
	"slices"

	"github.com/go-pme/pme/internal/weburl"
)

// redirectTarget returns the address that answers to an authorize request go to. raw is its redirect_uri,
// which may be left out where exactly one is registered (docs/matterport.md §5). ok is false where the browser
// must not be sent anywhere.
func (app OAuthApp) redirectTarget(raw string) (target *url.URL, ok bool) {
	if raw == "" {
		if len(app.RedirectURLs) != 1 {
			return nil, false
		}
		raw = app.RedirectURLs[0]
	}
	target, err := url.Parse(raw)
	if err != nil || !isRedirectURL(target) {
		return nil, false
	}
	if len(app.RedirectURLs) == 0 {
		return target, target.Scheme == "https" || weburl.IsLoopback(target.Hostname())
	}
	return target, slices.ContainsFunc(app.RedirectURLs, func(registered string) bool {
		u, err := url.Parse(registered)
		return err == nil && matchesRegistered(target, u)
	})
}

// isRedirectURL says whether u has the form of a redirect URL: absolute, without user and fragment
// (RFC 6749 §3.1.2).
func isRedirectURL(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Opaque == "" && u.Hostname() != "" &&
		u.User == nil && u.Fragment == "" && u.RawFragment == ""
}

// matchesRegistered compares as text, escapes included: whatever is written in another way is another
// address. What the query of the registered one holds must be there too.
func matchesRegistered(u, registered *url.URL) bool {
	if u.Scheme != registered.Scheme || u.Host != registered.Host || u.EscapedPath() != registered.EscapedPath() {
		return false
	}
	given := u.Query()
	for name, values := range registered.Query() {
		if !slices.Equal(given[name], values) {
			return false
		}
	}
	return true
}

// extended returns u with further parameters behind what its query holds already, which stays as it is.
func extended(u *url.URL, more url.Values) string {
	out := *u
	out.RawQuery = more.Encode()
	if u.RawQuery != "" {
		out.RawQuery = u.RawQuery + "&" + out.RawQuery
	}
	return out.String()
}
