package whoami

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware/revocation"
)

// Config is what [New] makes a gate from. URL is required, and Cookies or Headers; the zero value of every
// other field is a safe default.
type Config struct {
	// URL is the address at which the host says who is signed in, such as http://127.0.0.1:3000/whoami. It
	// is asked by GET. It is an https URL, or http on a loopback address.
	URL string

	// AllowPlainHTTP accepts an http URL on another machine. Whoever can listen in on the way can take over
	// every session: it is for a network that no one else is in, such as that of one pod.
	AllowPlainHTTP bool

	// Host is the Host header of the question, for a host that tells its sites apart by it. Default: that of URL.
	Host string

	// Cookies are the names of the cookies that are passed on to the host: those of its session, and no
	// others. A cookie that changes while the session goes on costs questions.
	Cookies []string

	// Headers are the names of the headers that are passed on to the host, such as Authorization. Some cannot
	// be named, since the host would read something else out of them than whose session it is: those of a
	// connection or a proxy (RFC 9110 §7.6.1, X-Forwarded-For), and those that say what is asked, or how.
	Headers []string

	// Remember is how long an answer is not asked for again, at most 5 minutes. For so long a user stays
	// signed in here after signing out there. The host can shorten it by Cache-Control. Default: 5 seconds; a
	// negative duration remembers nothing.
	Remember time.Duration

	// Timeout is how long one question may take, the wait for its turn included, at most a minute. Default: 2
	// seconds.
	Timeout time.Duration

	// Limit is how many questions are asked at once. More have to wait, and get 503 if their turn does not
	// come within Timeout, or if 16 times as many wait already. Default: 64.
	Limit int

	// HTTPClient asks the host: its Transport is used, without its cookies and redirects. Default: one that
	// uses no proxy.
	HTTPClient *http.Client

	// LoginURL, ReturnParam, Revocations and SessionLifetime are as in [middleware.Config]. For Revocations,
	// the host should say when a session began (signed_in_at).
	LoginURL        string
	ReturnParam     string
	Revocations     revocation.Store
	SessionLifetime time.Duration

	// Events gets an event for each refused request, without cookies and headers. If the answer of the host
	// cannot be used, it says why. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets a record if the host forbids to remember its answers. Default: slog.Default().
	Logger *slog.Logger

	// Now is the clock that decides how long an answer is remembered. Default: time.Now.
	Now func() time.Time
}

const (
	maxRemember = 5 * time.Minute
	maxTimeout  = time.Minute
	maxLimit    = 4096
)

// withDefaults returns cfg with its defaults, and with its own copies of what the host might change.
func (cfg Config) withDefaults() Config {
	cfg.Cookies = slices.Clone(cfg.Cookies)
	cfg.Headers = slices.Clone(cfg.Headers)
	for i, name := range cfg.Headers {
		cfg.Headers[i] = http.CanonicalHeaderKey(name)
	}
	cfg.Remember = cmp.Or(cfg.Remember, 5*time.Second)
	cfg.Timeout = cmp.Or(cfg.Timeout, 2*time.Second)
	cfg.Limit = cmp.Or(cfg.Limit, 64)
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// validate reports everything that is wrong with cfg, but for what package middleware has to say.
func (cfg Config) validate() error {
	t := configtext.Check{Room: "whoami"}
	t.Address("URL", cfg.URL)
	t.Text("Host", cfg.Host)
	t.Texts("Cookies", cfg.Cookies)
	t.Texts("Headers", cfg.Headers)
	errs := t.Problems
	must := func(right bool, problem string) {
		if !right {
			errs = append(errs, errors.New("whoami: "+problem))
		}
	}
	must(cfg.isURL(), "URL must be the https address at which the host says who is signed in, without user and fragment; http is "+
		"accepted on a loopback address, and with AllowPlainHTTP; it is "+weburl.Quote(cfg.URL))
	must(cfg.Host == "" || isHost(cfg.Host), "Host must be a name such as intranet.example.com, perhaps with a port")
	must(len(cfg.Cookies)+len(cfg.Headers) > 0, "Cookies and Headers are missing: name the cookie that has the host's session")
	for i, name := range cfg.Cookies {
		must((&http.Cookie{Name: name}).Valid() == nil, fmt.Sprintf("Cookies: %+.64q cannot be the name of a cookie", name)) //nolint:gosec // it is never set: only the name is looked at
		must(!slices.Contains(cfg.Cookies[:i], name), fmt.Sprintf("Cookies: %+.64q is there twice", name))
	}
	for i, name := range cfg.Headers {
		if why := unfit(name); why != "" {
			must(false, fmt.Sprintf("Headers: %+.64q %s", name, why))
		}
		must(!slices.Contains(cfg.Headers[:i], name), fmt.Sprintf("Headers: %+.64q is there twice", name))
	}
	must(cfg.Remember <= maxRemember, "Remember must not be more than 5 minutes: a user who has signed out at the host is signed in here for so long")
	must(cfg.Timeout > 0 && cfg.Timeout <= maxTimeout, "Timeout must be positive, and not more than a minute")
	must(cfg.Limit > 0 && cfg.Limit <= maxLimit, "Limit must be from 1 to 4096")
	return errors.Join(errs...)
}

func (cfg Config) isURL() bool {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Fragment != "" {
		return false
	}
	plain := cfg.AllowPlainHTTP && u.Scheme == "http" && u.Hostname() != "" && u.User == nil && u.Opaque == ""
	return plain || weburl.Secure(u)
}

// isHost reports whether s is all of an authority, without a user (RFC 3986 §3.2).
func isHost(s string) bool {
	u, err := url.Parse("//" + s)
	return err == nil && u.Host == s && u.Hostname() != "" && u.User == nil && u.Path == ""
}
