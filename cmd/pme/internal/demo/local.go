package demo

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

const notHere = "This is a demo for the browsers of one machine, and its passwords are known to everyone. Open it there, without a proxy in front. " +
	"To serve others, configure login and access.file.\n"

// ThisMachineOnly passes only such requests on to next as a browser of this machine sends without a proxy. An address that a page of
// another site has rebound to this machine has that site's name in Host.
func ThisMachineOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) || r.URL.Path == "/login" && isForwarded(r.Header) {
			http.Error(w, notHere, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLocal reports whether a Host header names this machine as only its own browsers do.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	address, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && address.Unmap().IsLoopback()
}

// isForwarded reports whether a proxy has passed the request on.
func isForwarded(h http.Header) bool {
	for name := range h {
		if name == "Forwarded" || name == "Via" || strings.HasPrefix(name, "X-Forwarded-") || name == "X-Real-Ip" {
			return true
		}
	}
	return false
}
