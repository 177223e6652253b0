package matterport

import (
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/internal/rotation"
)

// upstream is Matterport's API as one OAuth application reaches it. A [Client] and an [OAuthApp] share
// what is here: making requests and repeating them, reading answers, and knowing the server's time.
// They differ in the token that they present.
type upstream struct {
	id             string
	secrets        *rotation.Ring
	base           string
	http           *http.Client
	ownTransport   *http.Transport // nil when the caller brought the client
	log            *slog.Logger
	clock          *clock
	maxAttempts    int
	attemptTimeout time.Duration
	health         conditions
}

// newUpstream takes a configuration that was checked. part names the client secret.
func newUpstream(cfg Config, part string) (*upstream, error) {
	secrets, err := newSecrets(cfg, part)
	if err != nil {
		return nil, err
	}
	u := &upstream{
		id:             cfg.ClientID,
		secrets:        secrets,
		base:           cfg.BaseURL,
		log:            cfg.Logger,
		clock:          &clock{now: cfg.Now},
		maxAttempts:    cfg.MaxAttempts,
		attemptTimeout: cfg.AttemptTimeout,
	}
	if cfg.HTTPClient == nil {
		u.ownTransport = newTransport()
		cfg.HTTPClient = &http.Client{Transport: u.ownTransport}
	}
	withoutRedirects := *cfg.HTTPClient
	withoutRedirects.CheckRedirect = stayHere
	u.http = &withoutRedirects
	return u, nil
}

// close ends the telling of changed secrets, and closes idle connections, unless the transport is the caller's.
func (u *upstream) close() {
	u.secrets.Close()
	if u.ownTransport != nil {
		u.ownTransport.CloseIdleConnections()
	}
}

// webAddress reports whether a page may point to a URL from upstream: https, or plain http when the
// API itself is reached so, which is on the loopback interface only.
func (u *upstream) webAddress(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Hostname() == "" {
		return false
	}
	return parsed.Scheme == "https" || (parsed.Scheme == "http" && strings.HasPrefix(u.base, "http:"))
}

// stayHere keeps requests, and the secrets in their bodies, from going where an answer points.
func stayHere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// newTransport is for one host and a burst of calls; all other limits are those of the attempt.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
}
