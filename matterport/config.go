package matterport

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
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

// check returns the configuration with its defaults, and the base URL without a slash at its end. It
// reports all problems at once, quoting no value: a base URL may carry a password by mistake.
func (cfg Config) check() (Config, error) {
	var problems []error
	report := func(bad bool, problem string) {
		if bad {
			problems = append(problems, errors.New("matterport: "+problem))
		}
	}
	report(cfg.ClientID == "", "Config.ClientID is required")
	report(cfg.ClientSecret == "", "Config.ClientSecret is required")
	report(untidy(cfg.ClientID), "Config.ClientID contains white space or control characters")
	report(untidy(string(cfg.ClientSecret)),
		"Config.ClientSecret contains white space or control characters; was it read with its line's end?")
	report(cfg.MaxAttempts < 0, "Config.MaxAttempts must not be negative")
	report(cfg.AttemptTimeout < 0, "Config.AttemptTimeout must not be negative")

	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	base, err := url.Parse(cfg.BaseURL)
	switch {
	case err != nil || base.Hostname() == "" || (base.Scheme != "https" && base.Scheme != "http"):
		report(true, "Config.BaseURL must be an absolute https URL")
	case base.Scheme == "http" && !loopback(base.Hostname()):
		report(true, "Config.BaseURL must be https: the client secret is sent there")
	default:
		report(base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "",
			"Config.BaseURL must have no user, query or fragment")
		cfg.BaseURL = strings.TrimRight(base.String(), "/")
	}

	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxAttempts == 0 {
		cfg.MaxAttempts = DefaultMaxAttempts
	}
	if cfg.AttemptTimeout == 0 {
		cfg.AttemptTimeout = DefaultAttemptTimeout
	}
	return cfg, errors.Join(problems...)
}

// untidy tells of white space or control characters, which no credential of Matterport's has.
func untidy(credential string) bool {
	return strings.ContainsFunc(credential, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
