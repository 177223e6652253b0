package pme

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
)

// Handler serves the endpoints and pages under any prefix, which [http.StripPrefix] or the router takes
// off:
//
//	GET   .              the gallery
//	GET   view/{model}   one space
//	GET   signed-in      where a sign-in in a popup ends
//	GET   token          GET link   GET models   GET settings   POST revoke
//	      connect        and all below it: see [handler.Connect]; with Config.Connections
//	GET   pme.js         GET pme.css    each also under a name with a hash in it
//
// All but the last line are behind the Authenticator. It is safe for concurrent use.
type Handler struct {
	authenticate Authenticator
	client       *matterport.Client
	issuer       *issuer.Issuer
	catalog      *catalog.Catalog
	pages        *handler.Pages
	routes       routes
}

// New puts a Handler together. It touches no network, and reports everything that is wrong with cfg.
func New(cfg Config) (*Handler, error) {
	var errs []error
	if cfg.Authenticate == nil {
		errs = append(errs, errors.New("pme: Authenticate is missing: say who is asking, for example by middleware.Session"))
	}
	policy, err := cfg.policy()
	errs = append(errs, err)
	client, err := matterport.New(matterport.Config{
		ClientID:     cfg.ClientID,
		ClientSecret: cfg.ClientSecret,
		BaseURL:      cfg.APIURL,
		HTTPClient:   cfg.HTTPClient,
		Logger:       cfg.Logger,
		Now:          cfg.Now,
	})
	errs = append(errs, err)
	iss, err := issuer.New(issuer.Config{
		Matterport:    client,
		Policy:        policy,
		Store:         cfg.Store,
		ValidFor:      cfg.ValidFor,
		RefreshBefore: cfg.RefreshBefore,
		MintBurst:     cfg.MintBurst,
		MintEvery:     cfg.MintEvery,
		Logger:        cfg.Logger,
	})
	errs = append(errs, err)
	player := handler.Player{ShowcaseURL: cfg.ShowcaseURL, SDKURL: cfg.SDKURL, SDKKey: cfg.SDKKey, SDKIntegrity: cfg.SDKIntegrity}
	settings, err := handler.Settings(player, iss)
	errs = append(errs, err)
	cors, err := handler.CORS(cfg.AllowedOrigins)
	if err := errors.Join(append(errs, err)...); err != nil {
		if iss != nil {
			_ = iss.Close() // never fails
		}
		return nil, err
	}

	h := &Handler{authenticate: cfg.Authenticate, client: client, issuer: iss}
	if h.catalog, err = catalog.New(catalog.Config{Matterport: client, Policy: policy, Logger: cfg.Logger}); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.pages, err = handler.NewPages(handler.PagesConfig{
		Issuer:         iss,
		Catalog:        h.catalog,
		Player:         player,
		Title:          cfg.Title,
		Logger:         cfg.Logger,
		Strings:        cfg.Strings,
		Templates:      cfg.Templates,
		FrameAncestors: cfg.FrameAncestors,
		AllowedOrigins: cfg.AllowedOrigins,
	})
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	script, style := handler.Script(), handler.Style()
	h.routes = routes{
		private: map[string]http.Handler{
			"":          h.pages.Gallery(),
			"signed-in": h.pages.SignedIn(),
			"token":     handler.Token(iss),
			"link":      handler.Link(iss),
			"models":    handler.Models(h.catalog),
			"revoke":    handler.Revoke(iss),
			"settings":  settings,
		},
		public: map[string]http.Handler{
			"pme.js":           script,
			handler.ScriptName: script,
			"pme.css":          style,
			handler.StyleName:  style,
		},
		view: h.pages.View(),
	}
	h.routes.guard(cfg.Authenticate)
	if h.routes.connect, err = cfg.connect(player); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	for _, name := range []string{"token", "link", "models", "settings"} {
		h.routes.private[name] = cors(h.routes.private[name])
	}
	if a, ok := cfg.Authenticate.(middleware.SignOutNotifier); ok {
		a.OnSignOut(h.signedOut)
	}
	return h, nil
}

// signedOut ends the tours of a sign-in that is over, or of all of the user's.
func (h *Handler) signedOut(ctx context.Context, userID, session string) {
	_, _ = h.issuer.Revoke(ctx, store.Selector{User: userID, Session: session}) // the issuer logs
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.routes.ServeHTTP(w, r) }

// Mount puts h under a prefix of mux, such as "/pme". It does the same as
//
//	mux.Handle("/pme/", http.StripPrefix("/pme", h))
//
// with less work for each request, as the mux finds the endpoints by itself. Like [http.ServeMux.Handle]
// it panics where the prefix is no path, or something is there already.
func (h *Handler) Mount(mux *http.ServeMux, prefix string) {
	prefix = strings.TrimSuffix(prefix, "/")
	for _, endpoints := range []map[string]http.Handler{h.routes.private, h.routes.public} {
		for name, endpoint := range endpoints {
			if name != "" {
				mux.Handle(prefix+"/"+name, endpoint)
			}
		}
	}
	mux.Handle(prefix+"/", http.StripPrefix(prefix, h))
}

// Close ends what runs in the background and waits for it. Requests are refused from now on. What was
// issued lives until it expires; revoke it first if it shall not. Closing twice is no error.
func (h *Handler) Close() error {
	var errs []error
	if h.catalog != nil {
		errs = append(errs, h.catalog.Close())
	}
	errs = append(errs, h.issuer.Close(), h.client.Close())
	return errors.Join(errs...)
}

// Issuer returns what issues the tokens, for code of the application's own that needs one. It asks the
// same policy.
func (h *Handler) Issuer() *issuer.Issuer { return h.issuer }

// Catalog returns what lists a person's spaces, for pages of the application's own.
func (h *Handler) Catalog() *catalog.Catalog { return h.catalog }

// Pages returns the pages for people, for a gallery inside the application's own layout.
func (h *Handler) Pages() *handler.Pages { return h.pages }

// RevokeUser takes back every token of the user and ends the tours they are used in. Call it when the
// user signs out, is locked out, or loses rights. It also makes the Authenticator forget the user, if
// it remembers people. It forbids nothing: end the user's session as well, and do that first.
//
// The error says that the store is in doubt and that tokens may still be served.
func (h *Handler) RevokeUser(ctx context.Context, userID string) (issuer.Revocation, error) {
	h.forget(userID)
	return h.issuer.Revoke(ctx, store.Selector{User: userID})
}

// RevokeSession is [Handler.RevokeUser] for one sign-in, where identity.User has a Session.
func (h *Handler) RevokeSession(ctx context.Context, userID, session string) (issuer.Revocation, error) {
	if session == "" {
		return issuer.Revocation{}, issuer.ErrInvalid // not a user's every token for want of a session
	}
	h.forget(userID)
	return h.issuer.Revoke(ctx, store.Selector{User: userID, Session: session})
}

// RevokeModel takes back every token that opens the model, whoever has it. Call it when a model is
// gone, or nobody may see it any more.
func (h *Handler) RevokeModel(ctx context.Context, model string) (issuer.Revocation, error) {
	return h.issuer.Revoke(ctx, store.Selector{Model: model})
}

func (h *Handler) forget(userID string) {
	if a, ok := h.authenticate.(middleware.Invalidator); ok {
		a.Invalidate(userID)
	}
}
