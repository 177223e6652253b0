package middleware

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/outside"
	"github.com/go-pme/pme/internal/weburl"
)

// ProxyConfig says at which address browsers find an application that is behind a proxy, for
// [BehindProxy]. It needs a BaseURL, Proxies, or both.
type ProxyConfig struct {
	// BaseURL is the address at which browsers find what the application has at /, such as
	// https://intranet.example.com/apps/portal if the proxy takes /apps/portal off the path, and
	// https://intranet.example.com if the proxy leaves the path as it is.
	BaseURL string

	// Proxies are the addresses that proxies connect from whose X-Forwarded-Prefix header is believed. It
	// then takes the place of BaseURL's path. Each of these proxies must overwrite or remove the header when a
	// client sends it. Default: the header is not read.
	Proxies []netip.Prefix

	// Logger gets a record, once, if a header of one of the Proxies cannot be used. Default: slog.Default().
	Logger *slog.Logger
}

// BehindProxy returns a middleware that tells gates, logins and endpoints behind it at which address browsers
// find the application. Put it once, around the whole application:
//
//	behind, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: "https://intranet.example.com/apps/portal"})
//	…
//	server.Handler = behind(mux)
//
// With a path, the way back from a login and every other address that is built from that of the request has
// it. LoginURL and other local paths of a configuration get it too, unless they begin with it. Write the whole
// address for a page that another application of the same host has.
//
// Its origin counts as the application's own in requests that change something, such as a sign-out. That is
// needed where the proxy rewrites Host, for browsers that send no Sec-Fetch-Site: old ones, and all over http.
//
// It does not change the request: its URL, RequestURI, Host and RemoteAddr stay as they are. It does not
// read X-Forwarded-Host, X-Forwarded-Proto, X-Forwarded-For or Forwarded. A X-Forwarded-Prefix header counts
// if it comes from one of the Proxies, occurs once, and is a plain path; in all other requests it changes
// nothing.
//
// BehindProxy reports everything that is wrong with cfg. The middleware is safe for concurrent use.
func BehindProxy(cfg ProxyConfig) (func(next http.Handler) http.Handler, error) {
	site, err := parseBaseURL(cfg.BaseURL)
	errs := []error{err}
	if cfg.BaseURL == "" && len(cfg.Proxies) == 0 {
		errs = append(errs, errors.New("middleware: BaseURL is missing: the address at which browsers find the application, such as https://intranet.example.com/apps/portal"))
	}
	for _, p := range cfg.Proxies {
		errs = append(errs, checkProxy(p))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	p := &proxied{site: site, said: cfg.BaseURL != "", proxies: slices.Clone(cfg.Proxies), log: event.LoggerOr(cfg.Logger)}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if site, known := p.address(r); known {
				r = r.WithContext(outside.NewContext(r.Context(), site))
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

// parseBaseURL does not quote the address in its error: it may carry a password.
func parseBaseURL(address string) (outside.Address, error) {
	if address == "" {
		return outside.Address{}, nil
	}
	u, err := url.Parse(address)
	web := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
	if !web || u.User != nil || strings.ContainsAny(address, "?#") {
		return outside.Address{}, errors.New("middleware: BaseURL must be an absolute http or https URL without user information, query or fragment")
	}
	prefix, ok := plainPrefix(u.EscapedPath())
	if !ok {
		return outside.Address{}, fmt.Errorf("middleware: BaseURL has the path %q: want a plain path such as /apps/portal", u.EscapedPath())
	}
	return outside.Address{Prefix: prefix, Origin: weburl.Origin(u)}, nil
}

// maxPrefix leaves most of maxReturnPath to the application.
const maxPrefix = 256

// plainPrefix returns p without a slash at its end, and false if p cannot be put in front of a path: if it is
// not a local path, or has a query, a fragment or a dot segment, escaped or not.
func plainPrefix(p string) (prefix string, ok bool) {
	if p == "" || p == "/" {
		return "", true
	}
	prefix = strings.TrimSuffix(p, "/")
	_, local := LocalPath(prefix)
	decoded, err := url.PathUnescape(prefix)
	plain := local && err == nil && path.Clean(decoded) == decoded && !strings.ContainsAny(decoded, "?#,;") && len(prefix) <= maxPrefix
	return prefix, plain
}

// proxied is an application behind proxies.
type proxied struct {
	site    outside.Address // by BaseURL
	said    bool            // there is a BaseURL
	proxies []netip.Prefix
	log     *slog.Logger
	once    sync.Once
}

const prefixHeader = "X-Forwarded-Prefix"

// address returns where the browser that sent r finds the application, and false if neither the
// configuration nor a proxy says so.
func (p *proxied) address(r *http.Request) (site outside.Address, known bool) {
	values := r.Header[prefixHeader]
	if len(values) == 0 || !isAmong(p.proxies, r.RemoteAddr) {
		return p.site, p.said
	}
	prefix, ok := plainPrefix(values[0])
	if !ok || len(values) > 1 {
		p.once.Do(func() {
			p.log.WarnContext(r.Context(), "X-Forwarded-Prefix not used: a proxy should send it once, with a plain path such as /apps/portal",
				slog.String("value", bounded(strings.Join(values, ", "))), slog.String("proxy", r.RemoteAddr))
		})
		return p.site, p.said
	}
	return outside.Address{Prefix: prefix, Origin: p.site.Origin}, true
}

// bounded is a text from outside that may be logged.
func bounded(s string) string { return s[:min(len(s), maxPrefix)] }

// isAmong reports whether the address of a peer, as in RemoteAddr, is one of the proxies'.
func isAmong(proxies []netip.Prefix, remote string) bool {
	peer, err := netip.ParseAddrPort(remote)
	if err != nil || peer.Addr().Zone() != "" {
		return false
	}
	address := peer.Addr().Unmap() // a listener for both families writes ::ffff:192.0.2.1
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}
