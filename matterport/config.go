package matterport

import (
	"cmp"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Defaults of [Config].
const (
	DefaultBaseURL        = "https://api.matterport.com"
	DefaultMaxAttempts    = 3
	DefaultAttemptTimeout = 10 * time.Second
)

// Paths below the base URL (MATTERPORT.md, Hosts).
const (
	oauthPath = "/api/oauth/token"
	graphPath = "/api/models/graph"
)

// Config says how to reach Matterport. The first two fields are required; the zero value of every
// other field is a safe default.
type Config struct {
	// ClientID and ClientSecret are the OAuth application's, from Matterport's Settings, Developer
	// Tools. Whether they are right shows with the first call.
	ClientID     string
	ClientSecret Secret

	// BaseURL is where the API lives, without the paths /api/oauth/token and /api/models/graph. It must
	// be https, since the client secret travels there; plain http is taken for a loopback host only.
	// Empty: [DefaultBaseURL].
	BaseURL string

	// HTTPClient makes the requests. It is copied, and the copy never follows redirects. Nil: a client
	// with a transport of its own that uses the environment's proxy settings and ends with
	// [Client.Close].
	HTTPClient *http.Client

	// Logger gets a record for each retry, each application token and each failed call, never the body
	// or the header of a request. Nil: nothing is logged.
	Logger *slog.Logger

	// Now is the local clock. Nil: time.Now.
	Now func() time.Time

	// MaxAttempts is how often a request is made in all when Matterport is in trouble. The one repeat
	// with a new application token is not counted. Zero: [DefaultMaxAttempts].
	MaxAttempts int

	// AttemptTimeout bounds each single request. Zero: [DefaultAttemptTimeout].
	AttemptTimeout time.Duration
}

// check returns the configuration with its defaults, and reports all problems at once.
func (cfg Config) check() (Config, error) {
	p := &problems{of: "Config"}
	cfg = cfg.settle(p)
	return cfg, p.err()
}

// settle returns the configuration with its defaults and the base URL without a slash at its end, and
// reports what is wrong with it.
func (cfg Config) settle(p *problems) Config {
	p.report(cfg.ClientID == "", "ClientID is required")
	p.report(cfg.ClientSecret == "", "ClientSecret is required")
	p.report(untidy(cfg.ClientID), "ClientID contains white space or control characters")
	p.report(untidy(string(cfg.ClientSecret)),
		"ClientSecret contains white space or control characters; was it read with its line's end?")
	p.report(cfg.MaxAttempts < 0, "MaxAttempts must not be negative")
	p.report(cfg.AttemptTimeout < 0, "AttemptTimeout must not be negative")

	cfg.BaseURL = cmp.Or(cfg.BaseURL, DefaultBaseURL)
	if base := p.webURL("BaseURL", cfg.BaseURL, "the client secret is sent there"); base != nil {
		p.report(base.RawQuery != "" || base.ForceQuery, "BaseURL must have no query")
		cfg.BaseURL = strings.TrimRight(base.String(), "/")
	}

	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.MaxAttempts = cmp.Or(cfg.MaxAttempts, DefaultMaxAttempts)
	cfg.AttemptTimeout = cmp.Or(cfg.AttemptTimeout, DefaultAttemptTimeout)
	return cfg
}
