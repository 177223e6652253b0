// Package weburl decides which addresses are safe to call or to send people to: https, and plain http
// on this machine only, where no one else can listen in.
package weburl

import (
	"net/netip"
	"net/url"
	"strings"
)

// IsLoopback reports whether host, without a port, is this machine: localhost or a loopback address.
// It resolves no other names.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Secure reports whether u is an absolute URL over https, or over http on a loopback host, without user
// information. It does not look at the path, the query or the fragment.
func Secure(u *url.URL) bool {
	if u == nil || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && IsLoopback(u.Hostname())
}

// defaultPorts are those that browsers leave out of an origin.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// HasDefaultPort reports whether u names the port that its scheme has anyway.
func HasDefaultPort(u *url.URL) bool { return u.Port() != "" && u.Port() == defaultPorts[u.Scheme] }

// Origin is the origin of an absolute URL, as browsers write it.
func Origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if HasDefaultPort(u) {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host
}
