package matterporttest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Server is the emulator, an [http.Handler]. Everything about it may be used from several goroutines at
// once. The only ones that it starts send webhooks; they end before the method or the request that they belong to does.
type Server struct {
	cfg  Config
	mux  *http.ServeMux
	skew atomic.Int64 // nanoseconds

	accounts []*Account // the list is fixed, and mu guards the Models

	mu     sync.Mutex
	apps   map[string]appToken
	embeds map[string]embedToken
	ledger ledger
	minted int

	secrets      []string // of the account
	oauthSecrets []string // of the OAuth application
	rules        []*rule
	calls        map[string]int

	open       context.Context // ends with close
	close      context.CancelFunc
	hooks      []webhook // of the first account
	deliveries []Delivery
	versions   map[string]int // of models
}

// New returns an emulator of what is in cfg. There is nothing in cfg that could be wrong.
func New(cfg Config) *Server {
	cfg = cfg.withDefaults()
	s := &Server{
		cfg:    cfg,
		apps:   map[string]appToken{},
		embeds: map[string]embedToken{},
		ledger: newLedger(),
		calls:  map[string]int{},

		versions: map[string]int{},

		secrets:      []string{cfg.ClientSecret},
		oauthSecrets: []string{cfg.OAuth.ClientSecret},
	}
	for _, a := range cfg.Accounts {
		a.Models = slices.Clone(a.Models)
		s.accounts = append(s.accounts, &a)
	}
	s.open, s.close = context.WithCancel(context.Background())
	s.mux = s.routes()
	return s
}

func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/oauth/token", s.serveToken)
	mux.HandleFunc("POST /api/models/graph", s.serveGraph)
	mux.HandleFunc("GET /oauth/authorize", s.serveAuthorize)
	mux.HandleFunc("POST /oauth/authorize", s.serveDecision)
	mux.HandleFunc("GET /model-select", s.serveSelector)
	mux.HandleFunc("GET /account/{account}/applications", s.serveApplications)
	mux.HandleFunc("POST /account/{account}/applications", s.serveWithdraw)
	mux.HandleFunc("GET /assets/{asset}", serveAsset)
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
