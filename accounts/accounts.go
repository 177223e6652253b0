package accounts

import (
	"errors"
	"net/http"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/internal/stream"
	"github.com/go-pme/pme/pages"
)

// Config is what a [Handler] is made of. Connections and Pages are required.
type Config struct {
	// Connections are the accounts that users have connected. The handler does not close them.
	Connections *connect.Connections

	// Pages is the look of the pages. Its words also replace the sentences in JSON errors, and
	// pages of its AllowedOrigins may read the JSON answers to GET.
	Pages *pages.Pages

	// Strings are the words of the pages in the first language of Pages. Default: those that the package ships.
	Strings Strings

	// Languages are the words in the languages of Pages, by their Lang. They come before Strings. Default: those that the package
	// ships, else English.
	Languages map[string]Strings
}

// Handler serves the pages and endpoints of connected accounts; see the package documentation for their
// addresses. It is safe for concurrent use.
type Handler struct {
	connections *connect.Connections
	pages       *pages.Pages
	look        pages.Config         // of pages
	languages   map[string]*language // by their Lang
	attempts    *cookie.Attempts
	origins     *sameorigin.Check
	returnPath  string                  // of the callback, as browsers know it
	assets      map[string]http.Handler // by path

	*streams // of watch; the root package ends them
}

// streams are embedded under a name that is not exported, and have no exported methods.
type streams = stream.Streams

// New makes a Handler. The error names every field that is missing.
func New(cfg Config) (*Handler, error) {
	var errs []error
	if cfg.Connections == nil {
		errs = append(errs, errors.New("accounts: Connections is missing: make one by connect.New"))
	}
	if cfg.Pages == nil {
		errs = append(errs, errors.New("accounts: Pages is missing: make one by pages.New"))
	}
	if err := errors.Join(append(errs, cfg.checkLanguages()...)...); err != nil {
		return nil, err
	}
	redirectURL := cfg.Connections.App().RedirectURL()
	return &Handler{
		connections: cfg.Connections,
		pages:       cfg.Pages.With(templates),
		look:        cfg.Pages.Config(),
		languages:   newLanguages(cfg),
		attempts:    newAttempts(redirectURL),
		origins:     sameorigin.New(redirectURL),
		returnPath:  pathOf(redirectURL),
		assets:      assets(),
		streams:     stream.New(maxStreams),
	}, nil
}

// Behind returns h behind require, such as the Require of a gate. Public assets and preflights of the
// allowed origins are answered in front of it. Behind is what to mount.
func (h *Handler) Behind(require func(http.Handler) http.Handler) http.Handler {
	private := require(endpoints{Handler: h, require: require})
	readable := h.pages.CORS(private)
	watch := h.pages.CORS(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require(endpoints{Handler: h, require: require, came: r}).ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at, _, _ := splitPath(r.URL.Path)
		switch asset := h.assets[r.URL.Path]; {
		case asset != nil:
			asset.ServeHTTP(w, r)
		case at == "/watch":
			watch.ServeHTTP(w, r)
		case routes[at].readable:
			readable.ServeHTTP(w, r)
		default:
			private.ServeHTTP(w, r)
		}
	})
}

// ServeHTTP takes the user from the request's context, and refuses requests without one. It answers no
// preflights and has no stream of events; mount [Handler.Behind] instead if you can.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	endpoints{Handler: h}.ServeUser(w, r, u, "")
}
