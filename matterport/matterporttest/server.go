package matterporttest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Credentials and the SDK key that a [Config] without its own stands for.
const (
	DefaultClientID     = "demo-client"
	DefaultClientSecret = "demo-secret"
	DefaultSDKKey       = "demo-sdk-key"
)

// defaultAppTokenLife gives the expires_in of 3599 that Matterport's guide shows.
const defaultAppTokenLife = time.Hour - time.Second

// Config says what account is emulated. The zero value is a whole, working one.
type Config struct {
	// ClientID and ClientSecret are the account's OAuth application. Empty: [DefaultClientID] and
	// [DefaultClientSecret].
	ClientID, ClientSecret string

	// SDKKey is the application key that the stand-in Showcase accepts at the handshake. Empty:
	// [DefaultSDKKey].
	SDKKey string

	// Models are the account's spaces, newest first. Nil: [DefaultModels]. An empty slice that is not
	// nil is an account without models.
	Models []Model

	// ShowcaseURL is the origin in links and image addresses, for example "http://127.0.0.1:9000".
	// Empty: the host that the request was sent to.
	ShowcaseURL string

	// SDKClientURL is the script that the handshake tells the host page to import (scriptUrl). Empty:
	// a small one of the emulator's own, enough for OAuth.createTokenRefresher. A browser test may
	// point it at the real sdk-client.js, which may not be served from here.
	SDKClientURL string

	// Now is the clock. Nil: time.Now. [Server.SkewClock] moves the emulated clock away from it.
	Now func() time.Time

	// AppTokenLife is how long an application token lives. Zero or less: one second under an hour.
	AppTokenLife time.Duration
}

// Server is the emulator, an [http.Handler]. Everything about it may be used from several goroutines at
// once. It starts none of its own.
type Server struct {
	cfg  Config
	mux  *http.ServeMux
	skew atomic.Int64 // nanoseconds

	mu     sync.Mutex
	models []Model
	apps   map[string]appToken
	embeds map[string]embedToken
	minted int
	rules  []*rule
	calls  map[string]int
}

// New returns an emulator of the account in cfg. There is nothing in cfg that could be wrong.
func New(cfg Config) *Server {
	cfg.ClientID = cmp.Or(cfg.ClientID, DefaultClientID)
	cfg.ClientSecret = cmp.Or(cfg.ClientSecret, DefaultClientSecret)
	cfg.SDKKey = cmp.Or(cfg.SDKKey, DefaultSDKKey)
	if cfg.Models == nil {
		cfg.Models = DefaultModels()
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.AppTokenLife <= 0 {
		cfg.AppTokenLife = defaultAppTokenLife
	}
	s := &Server{
		cfg:    cfg,
		models: slices.Clone(cfg.Models),
		apps:   map[string]appToken{},
		embeds: map[string]embedToken{},
		calls:  map[string]int{},
	}
	s.mux = s.routes()
	return s
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/oauth/token", s.serveToken)
	mux.HandleFunc("POST /api/models/graph", s.serveGraph)
	mux.HandleFunc("GET /show", s.serveShow)
	mux.HandleFunc("GET /show/{$}", s.serveShow)
	mux.HandleFunc("GET /show/status", s.serveStatus)
	mux.HandleFunc("GET /show/{asset}", serveAsset)
	mux.HandleFunc("GET /sdk.es6.js", serveAsset)
	mux.HandleFunc("GET /showcase-sdk/", serveAsset)
	mux.HandleFunc("GET /thumb/{file}", s.serveThumb)
	return mux
}

// ServeHTTP implements [http.Handler]. Every answer carries a Date on the emulated clock.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.stampDate(w)
	s.mux.ServeHTTP(w, r)
}

// SkewClock sets the emulated clock d ahead of Config.Now, or behind it where d is negative; it does not
// add to an earlier skew. The Date header and validUntil move, and tokens are judged on the moved clock:
// a jump past a token's end is the end of that token.
func (s *Server) SkewClock(d time.Duration) { s.skew.Store(int64(d)) }

func (s *Server) now() time.Time { return s.cfg.Now().Add(time.Duration(s.skew.Load())) }

func (s *Server) stampDate(w http.ResponseWriter) {
	w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
}

// origin is the start of every address that the emulator hands out in answer to r.
func (s *Server) origin(r *http.Request) string {
	if s.cfg.ShowcaseURL != "" {
		return s.cfg.ShowcaseURL
	}
	u := url.URL{Scheme: "http", Host: r.Host}
	if r.TLS != nil {
		u.Scheme = "https"
	}
	return u.String()
}
