package middleware_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-pme/pme/identity"
)

var (
	likeUser  = regexp.MustCompile(`^(?i:x[^a-z0-9]forwarded[^a-z0-9]user)$`)
	likeGroup = regexp.MustCompile(`^(?i:x[^a-z0-9]forwarded[^a-z0-9]groups)$`)
	plainUser = regexp.MustCompile(`^[a-z]+$`)
)

// FuzzTrustedHeader sends whatever headers a request may have, one to a line with a colon after the name,
// from whatever address, and expects nobody but the user that the only user header from the proxy names.
func FuzzTrustedHeader(f *testing.F) {
	for _, headers := range []string{
		"", "X-Forwarded-User:alice", "X_Forwarded_User:alice", "X-Forwarded-User:alice\nX-Forwarded-User:bob",
		"X-Forwarded-User:alice\nx-forwarded-user:bob", "X-Forwarded-User:alice\nX-Forwarded-Groups:a,b", "X-Forwarded-User:alice,bob",
		"X-Forwarded-User:", "X-Forwarded-User:a\x00", "X-Forwarded-Groups:admins", "X-Forwarded-User:alice\nX.Forwarded.Groups:admins",
		"X-Forwarded-For:192.0.2.10\nX-Forwarded-User:alice", "Accept:*/*",
	} {
		for _, remote := range []string{proxyAddress, "203.0.113.1:1", "[::ffff:192.0.2.10]:1", "@", "192.0.2.10", "[fe80::1%eth0]:1"} {
			f.Add(headers, remote)
		}
	}
	g := behindProxy(f)
	f.Fuzz(func(t *testing.T, headers, remote string) {
		r := request()
		r.RemoteAddr = remote
		for line := range strings.SplitSeq(headers, "\n") {
			name, value, _ := strings.Cut(line, ":")
			r.Header[name] = append(r.Header[name], value)
		}
		users, lookalike := r.Header["X-Forwarded-User"], false
		for name := range r.Header {
			lookalike = lookalike || likeUser.MatchString(name) && name != "X-Forwarded-User" ||
				likeGroup.MatchString(name) && name != "X-Forwarded-Groups"
		}
		w, got := httptest.NewRecorder(), ""
		g.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			u, _ := identity.FromContext(r.Context())
			got = u.ID
			for name := range r.Header {
				if likeUser.MatchString(name) || likeGroup.MatchString(name) {
					t.Errorf("passed on with %q", name)
				}
			}
		})).ServeHTTP(w, r)

		trusted := isProxysAddress(remote)
		if got != "" && (lookalike || len(users) != 1 || users[0] != got) {
			t.Errorf("%q from %q let %q through", headers, remote, got)
		}
		if got != "" && !trusted {
			t.Errorf("%q let %q through", remote, got)
		}
		if remote == proxyAddress && len(r.Header) == 1 && len(users) == 1 && plainUser.MatchString(users[0]) && len(users[0]) < 100 && !slices.Contains(noUsers, users[0]) && got != users[0] {
			t.Errorf("%q from %q: %q was refused: %s", headers, remote, users[0], w.Body)
		}
		if got == "" && w.Code != http.StatusUnauthorized && w.Code != http.StatusBadRequest {
			t.Errorf("status %d, want 400 or 401", w.Code)
		}
	})
}

// isProxysAddress asks package net, and not net/netip as the gate does.
func isProxysAddress(remote string) bool {
	host, port, err := net.SplitHostPort(remote)
	if err != nil || port == "" || strings.Trim(port, "0123456789") != "" {
		return false
	}
	ip := net.ParseIP(host) // knows no zones
	return ip.Equal(net.IPv4(192, 0, 2, 10)) || ip.Equal(net.ParseIP("2001:db8::10"))
}
