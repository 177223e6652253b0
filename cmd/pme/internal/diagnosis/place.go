package diagnosis

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

// SDKKey says what can be told about the SDK key. Which origins a key is for is set at Matterport, and only Showcase compares them, in
// a visitor's browser: no answer to a server tells it. So the key and the origin are looked at, and not tried.
func SDKKey(cfg config.Config) Finding {
	const part = "sdk key"
	if !cfg.Matterport.SDKKey.IsSet() {
		return ok(part, "there is none: spaces are shown by plain links, which end with their token")
	}
	base, err := url.Parse(cfg.BaseURL)
	if err != nil || base.Host == "" {
		return skip(part, "whether it fits the origin of pages cannot be told from here: only Showcase compares them, in a browser")
	}
	origin := base.Scheme + "://" + base.Host
	f := skip(part, "whether it fits "+origin+" cannot be told from here: only Showcase compares them, in a browser")
	f.Remedy = "see that the key's domains at Matterport (Settings, Developer Tools) include " + base.Hostname() + "; if the console of a browser says KeyReferrerMismatch, they do not"
	if !isLoopback(base.Hostname()) {
		f.Remedy += ". The key of a sandbox account is for localhost alone"
	}
	return f
}

// onSocket reports whether the gateway listens at a Unix socket, where every peer is the proxy.
func onSocket(cfg config.Config) bool { return strings.HasPrefix(cfg.Addr, "unix:") }

// Place looks at where the gateway is, and whom it believes.
func Place(cfg config.Config) Findings {
	const part = "place"
	var out Findings
	base, err := url.Parse(cfg.BaseURL)
	local := cfg.BaseURL == "" || err == nil && isLoopback(base.Hostname())
	switch {
	case local:
		out = append(out, ok(part, "browsers of this machine alone find it (base_url)"))
	case len(cfg.Proxies) == 0 && !onSocket(cfg):
		out = append(out, warn(part, "base_url is that of a proxy, and proxies is empty: all people seem to have its address, and share its limits", "write the address that the proxy connects from into proxies"))
	case onSocket(cfg):
		out = append(out, ok(part, "%s, behind a proxy that can write to the socket", cfg.BaseURL))
	default:
		out = append(out, ok(part, "%s, behind %d addresses of proxies", cfg.BaseURL, len(cfg.Proxies)))
	}
	lists := map[string][]netip.Prefix{"proxies": cfg.Proxies}
	if h := cfg.Login.Headers; h != nil {
		lists["login.headers.proxies"] = h.Proxies
	}
	for _, name := range []string{"proxies", "login.headers.proxies"} {
		for _, p := range lists[name] {
			if wide(p) {
				out = append(out, warn(part, name+" has "+p.String()+": whoever connects from there can pretend to be the proxy", "write the addresses of the proxy alone"))
			}
		}
	}
	if host, _, err := net.SplitHostPort(cfg.Addr); err == nil && cfg.Login.Headers != nil && !cfg.Login.Headers.Secret.IsSet() && !onSocket(cfg) && !isLoopback(host) {
		out = append(out, warn(part, "login.headers believes whoever connects from its proxies, and addr can be reached from other machines", "let the proxy send a secret too (login.headers.secret_header), or listen on a Unix socket"))
	}
	return out
}

// wide reports whether a prefix has more addresses than a network of proxies.
func wide(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() < 16
	}
	return p.Bits() < 48
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
