package matterport

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/secret"
)

const defaultBaseURL = "https://api.matterport.com"

// Paths below the base URL (docs/matterport.md, Hosts).
const (
	oauthPath = "/api/oauth/token"
	graphPath = "/api/models/graph"
)

// Config says how to reach Matterport. The first two fields are required; the zero value of every
// other field is a safe default.
type Config struct {
	// ClientID and ClientSecret are the OAuth application's, from Matterport's Settings, Developer
	// Tools. New does NOT check them: the first call fails if they are wrong.
	ClientID     string
	ClientSecret Secret

	// ClientSecrets take the place of ClientSecret: a file that is read again when it changes, or several values. If
	// Matterport refuses one, another is tried. A value that was accepted stays in use if those that follow it are refused.
	// Default: none, ClientSecret is the only one.
	ClientSecrets *secret.Source

	// BaseURL is where the API lives, without the paths /api/oauth/token and /api/models/graph. It must
	// be https, since the client secret is sent there; plain http is accepted for a loopback host only.
	// Default: https://api.matterport.com.
	BaseURL string

	// Views lets tokens be asked for with the IDs of views, of 25 characters. Whether Matterport mints such tokens is not
	// documented, and was not tried. If it is not set, such an ID is an invalid one.
	Views bool

	// HTTPClient makes the requests. It is copied, and the copy never follows redirects. Default: a client
	// with a separate transport, which uses the environment's proxy settings and is closed by
	// [Client.Close].
	HTTPClient *http.Client

	// Logger gets a record for each application token, each call that had to be repeated and, at debug level, each
	// failed call, whose error the caller gets; never the body or the header of a request. Default: slog.Default().
	Logger *slog.Logger

	// Events gets an event when ClientSecrets change or are refused. Default: a stream that writes to Logger.
	Events *event.Stream

	// Now is the local clock. Default: time.Now.
	Now func() time.Time

	// MaxAttempts is how often a request is made in all if Matterport fails. The one retry with a new
	// application token is not counted. Default: 3.
	MaxAttempts int

	// AttemptTimeout bounds each single request. Default: 10 seconds.
	AttemptTimeout time.Duration
}

// withDefaults also writes the base URL in its usual form, without a slash at its end.
func (cfg Config) withDefaults() Config {
	cfg.BaseURL = cmp.Or(cfg.BaseURL, defaultBaseURL)
	if base, err := url.Parse(cfg.BaseURL); err == nil && untidy(cfg.BaseURL) == "" {
		cfg.BaseURL = strings.TrimRight(base.String(), "/")
	}
	cfg.MaxAttempts = cmp.Or(cfg.MaxAttempts, 3)
	cfg.AttemptTimeout = cmp.Or(cfg.AttemptTimeout, 10*time.Second)
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// validate reports everything that is wrong with cfg, once the defaults are filled in.
func (cfg Config) validate() error {
	p := &problems{of: "Config"}
	cfg.check(p)
	return p.err()
}

// check is what the configurations of a [Client] and an [OAuthApp] have in common.
func (cfg Config) check(p *problems) {
	p.report(cfg.ClientID == "", "ClientID is required")
	p.report(cfg.ClientSecret == "" && cfg.ClientSecrets == nil, "ClientSecret is required")
	p.report(cfg.ClientSecret != "" && cfg.ClientSecrets != nil, "ClientSecret and ClientSecrets are both set: set one of them")
	p.tidy("ClientID", cfg.ClientID)
	p.tidy("ClientSecret", string(cfg.ClientSecret))
	if cfg.ClientSecrets != nil {
		p.wrong("ClientSecrets", checkSource(cfg.ClientSecrets))
	}
	p.report(cfg.MaxAttempts < 0, "MaxAttempts must not be negative")
	p.report(cfg.AttemptTimeout < 0, "AttemptTimeout must not be negative")
	if base := p.webURL("BaseURL", cfg.BaseURL, "the client secret is sent there"); base != nil {
		p.report(base.RawQuery != "" || base.ForceQuery, "BaseURL must have no query")
	}
}
