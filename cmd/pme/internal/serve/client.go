package serve

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/listen"
)

// clientOf returns a function that tells the address of the client that sent a request: that of the peer or, if the peer is one of the
// proxies, the last address in X-Forwarded-For that is none of them. What is before it in the header was written by the client.
//
// It returns nil if there are no proxies on a network: then the peer may be a proxy that was not named, and no address has a limit because of it. On
// a Unix socket, where peers have no address, every peer is one of the proxies: only they can connect.
func clientOf(cfg config.Config) func(*http.Request) string {
	if _, socket := listen.Socket(cfg.Addr); len(cfg.Proxies) == 0 && !socket {
		return nil
	}
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(cfg.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	return func(r *http.Request) string {
		peer, isIP := address(r.RemoteAddr)
		if isIP && !trusted(peer) {
			return peer.String()
		}
		client := peer
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			a, ok := address(strings.TrimSpace(hop))
			if !ok {
				break
			}
			client = a
			if !trusted(a) {
				break
			}
		}
		if !client.IsValid() {
			return "" // on a socket, without the header
		}
		return client.String()
	}
}

// address reads an address with or without a port. One of IPv4 that is written as IPv6 is IPv4.
func address(text string) (netip.Addr, bool) {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a.Addr().Unmap().WithZone(""), true
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err == nil
}
