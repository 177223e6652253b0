package serve

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"path"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/listen"
)

// DefaultAddr is the address to listen on.
const DefaultAddr = "127.0.0.1:8080"

// The probes are beside what the configuration places.
const (
	livez  = "/livez"
	readyz = "/readyz"
)

// withDefaults fills in what is where.
func withDefaults(cfg config.Config) config.Config {
	cfg.Addr = cmp.Or(cfg.Addr, DefaultAddr)
	cfg.Paths.Spaces = cmp.Or(cfg.Paths.Spaces, "/pme")
	cfg.Paths.Auth = cmp.Or(cfg.Paths.Auth, "/auth")
	cfg.Paths.Admin = cmp.Or(cfg.Paths.Admin, "/pme-admin")
	cfg.Paths.Webhook = cmp.Or(cfg.Paths.Webhook, "/matterport-events")
	cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, "/")
	if cfg.BaseURL == "" && onLoopback(cfg.Addr) {
		cfg.BaseURL = "http://" + cfg.Addr
	}
	return cfg
}

// onLoopback reports whether only this machine can connect to an address.
func onLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	return err == nil && isLoopback(host)
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}

// checkPlace reports what is wrong with where the gateway is.
func checkPlace(cfg config.Config, problems *Problems) {
	_, socket := listen.Socket(cfg.Addr)
	if _, _, err := net.SplitHostPort(cfg.Addr); err != nil && !socket {
		problems.add("addr", "it must be host:port, such as 127.0.0.1:8080, or unix: and a path")
	}
	if m := cfg.Metrics.Addr; m != "" && m == cfg.Addr && !strings.HasSuffix(m, ":0") {
		problems.add("metrics.addr", "it is addr: give the metrics an address of their own, such as 127.0.0.1:9090")
	}
	checkBase(cfg, socket, problems)
	checkPaths(cfg, problems)
}

func checkBase(cfg config.Config, socket bool, problems *Problems) {
	if cfg.BaseURL == "" {
		what := "addr is not one of this machine alone"
		if socket {
			what = "addr is a Unix socket"
		}
		problems.add("base_url", "it is missing, and "+what+": write the address at which browsers find the gateway, such as https://intranet.example.com")
		return
	}
	u, err := url.Parse(cfg.BaseURL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		problems.add("base_url", "it must be an https URL without user information, query and fragment, such as https://intranet.example.com")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		problems.add("base_url", "it is http, with which everybody on the way can read cookies and tokens: have the proxy in front speak TLS, and write https")
	}
}

// checkPaths reports paths that a router would read in another way, and those that are in the way of each other.
func checkPaths(cfg config.Config, problems *Problems) {
	type place struct{ setting, path string }
	taken := []place{{"the probes", livez}, {"the probes", readyz}, {"the demo", "/login"}, {"the demo", "/logout"}}
	for _, p := range []place{
		{"paths.spaces", cfg.Paths.Spaces}, {"paths.auth", cfg.Paths.Auth}, {"paths.admin", cfg.Paths.Admin}, {"paths.webhook", cfg.Paths.Webhook},
	} {
		if !isPlain(p.path) {
			problems.add(p.setting, "it must be a path such as /pme, without a slash at its end, empty or dot segments, escapes and signs of patterns")
			continue
		}
		for _, other := range taken {
			if within(p.path, other.path) || within(other.path, p.path) {
				problems.add(p.setting, "it is in the way of "+other.setting+": choose a path that is not above or below "+other.path)
			}
		}
		taken = append(taken, p)
	}
}

func isPlain(p string) bool {
	odd := func(c rune) bool { return c <= ' ' || c >= 0x7f || strings.ContainsRune(`{}%?#\`, c) }
	return len(p) > 1 && p[0] == '/' && path.Clean(p) == p && !strings.ContainsFunc(p, odd)
}

func within(p, dir string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }
