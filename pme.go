package pme

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/stream"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

// Handler serves the endpoints and pages. Put it under a prefix by [Handler.Mount], or in other routers
// by [http.StripPrefix]:
//
//	GET   .              the gallery
//	GET   view/{model}   one space
//	GET   signed-in      where a sign-in in a popup ends
//	GET   token          a viewing token
//	GET   link           a Showcase link
//	GET   models         what the user may open
//	GET   adjacent       the spaces before and after one
//	GET   settings       what the browser module has to know
//	POST  revoke         revokes the user's own tokens
//	GET   watch          server-sent events: what happens to the user's access
//	GET   connect/       connected accounts, if Config.Connections is set: see package accounts
//	GET   pme.js         the browser module, also under a name with a hash in it
//	GET   pme.css        the style, likewise
//	GET   pme.gallery.js the gallery's script, likewise
//	GET   pme.js.map     its source map
//
// All but the assets are behind the Authenticator. It is safe for concurrent use.
type Handler struct {
	authenticate Authenticator
	log          *slog.Logger
	client       *matterport.Client
	policy       access.Policy
	resolver     *resolve.Resolver // nil if the policy has no selectors
	issuer       *issuer.Issuer
	catalog      *catalog.Catalog
	pages        *pages.Pages
	gallery      *handler.Gallery
	watch        *handler.Watch
	connections  *connect.Connections // may be nil
	accounts     *accounts.Handler    // nil without connections
	routes       *routes
	webhook      *webhook.Handler // nil if there is none
	health       http.Handler
	events       *event.Stream
	admins       admins
	closing      context.CancelFunc // tells health
	stopGroups   func()             // telling the Authenticator which groups the policy names
	leaveFleet   func()
	stopEvents   func()
	stopKeys     func() // telling that SDK keys have changed
	closed       atomic.Bool
}

// New makes a Handler. It waits for no network. The error reports everything that is wrong with cfg; then
// nothing is left running.
func New(cfg Config) (*Handler, error) {
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	alive, closing := context.WithCancel(context.Background())
	h := &Handler{authenticate: cfg.Authenticate, connections: cfg.Connections, log: event.LoggerOr(cfg.Logger), events: cfg.Events, closing: closing, stopGroups: func() {}, leaveFleet: func() {}, stopEvents: func() {}, stopKeys: func() {}}
	if err := h.furnish(cfg); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if err := h.resolve(cfg); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if err := h.receive(cfg); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.gallery = handler.NewGallery(h.catalog, h.pages)
	h.watch = handler.NewWatch(h.issuer, h.authenticate.Require)
	h.routes = h.guarded(h.table())
	parts := h.healthParts(cfg)
	h.health = health.NewHandler(alive, parts...)
	if a, ok := cfg.Authenticate.(middleware.SignOutNotifier); ok {
		a.OnSignOut(h.signedOut)
	}
	h.stopGroups = keepGroups(h.authenticate, h.policy)
	h.leaveFleet = h.join(cfg.Fleet)
	h.stopEvents = h.tell(alive, cfg.Events, parts)
	h.stopKeys = cfg.watchKeys()
	if a, ok := cfg.Authenticate.(middleware.PageShower); ok {
		a.UsePages(h.pages)
	}
	return h, nil
}

// furnish makes all parts of h, also if some fail, so that its error reports every problem.
func (h *Handler) furnish(cfg Config) error {
	var errs [10]error
	if isNil(cfg.Authenticate) {
		errs[0] = errors.New("pme: Authenticate is missing: give a gate, for example of middleware.NewSession, and look at the error of its constructor")
	}
	policy, err := cfg.policy()
	h.policy, errs[1] = policy, err
	if h.client, errs[2] = matterport.New(cfg.matterport()); errs[2] != nil {
		policy = noAccess // its dates would be looked at in the background, by the clock of a client that there is not
	}
	h.issuer, errs[3] = issuer.New(cfg.issuer(h.client, policy))
	h.catalog, errs[4] = catalog.New(cfg.catalog(h.client, policy))
	h.pages, errs[5] = pages.New(cfg.look())
	errs[6] = cfg.checkHealth()
	errs[7] = cfg.checkFleet()
	errs[8] = cfg.Selectors.Check()
	errs[9] = cfg.checkWebhook()
	if err := errors.Join(errs[:]...); err != nil || cfg.Connections == nil {
		return err
	}
	h.accounts, err = accounts.New(accounts.Config{Connections: cfg.Connections, Pages: h.pages, Strings: cfg.AccountStrings, Languages: cfg.AccountLanguages})
	return err
}

// resolve has the selectors of the policy looked up, if it can have some: a file without them can be changed, a list cannot.
func (h *Handler) resolve(cfg Config) (err error) {
	selecting, ok := h.policy.(access.Selecting)
	if !ok {
		return nil
	}
	if _, fixed := cfg.Access.(access.List); fixed && len(selecting.Selectors()) == 0 {
		return nil
	}
	h.resolver, err = resolve.New(resolve.Config{Options: cfg.Selectors, Policy: h.policy, Matterport: h.client, Logger: cfg.Logger})
	return err
}

// signedOut revokes the tokens of a sign-in that is over, or all of the user's.
func (h *Handler) signedOut(ctx context.Context, userID, session string) {
	_, _ = h.revokeTokens(ctx, store.Selector{User: userID, Session: session}) // the issuer logs
}

// ServeHTTP implements [http.Handler]. It expects a path whose prefix has been taken off.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.routes.ServeHTTP(w, r) }

// Close ends what runs in the background and waits for it. From now on all endpoints behind the
// Authenticator answer 503, and so does the readyz of [Handler.Health]. Tokens that were issued live until
// they expire; revoke them first if they shall not. Closing twice is no error.
//
// Checks of Config.Health that are running get the end of their context, and are not waited for.
func (h *Handler) Close() error {
	h.closed.Store(true)
	h.closing()
	h.stopGroups()
	h.leaveFleet()
	if h.webhook != nil {
		_ = h.webhook.Close() // the error is always nil
	}
	h.stopEvents()
	h.stopKeys()
	h.admins.close()
	if h.watch != nil {
		h.watch.Close()
	}
	if h.accounts != nil {
		stream.Close(h.accounts)
	}
	var errs []error
	if h.resolver != nil {
		errs = append(errs, h.resolver.Close())
	}
	if h.catalog != nil {
		errs = append(errs, h.catalog.Close())
	}
	if h.issuer != nil {
		errs = append(errs, h.issuer.Close())
	}
	if h.client != nil {
		errs = append(errs, h.client.Close())
	}
	return errors.Join(errs...)
}

// Issuer returns the issuer of the tokens, for code of the application's own that needs one. It asks the
// same policy.
func (h *Handler) Issuer() *issuer.Issuer { return h.issuer }

// Catalog returns the catalog of the spaces that users may open, for pages of the application's own.
func (h *Handler) Catalog() *catalog.Catalog { return h.catalog }

// Gallery returns the gallery, for a page in the application's own layout: see [handler.Gallery.Fragment].
func (h *Handler) Gallery() *handler.Gallery { return h.gallery }

// Head returns what makes a <pme-space> open sooner, for the head of a page in the application's own layout: see
// [handler.Head]. It includes the browser module.
func (h *Handler) Head(r *http.Request, prefix, nonce string, models ...string) (template.HTML, error) {
	return handler.Head(h.issuer, h.pages, r, prefix, nonce, models...)
}
