package main

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/examples/internal/idp"
	"github.com/go-pme/pme/middleware/oidclogin"
)

// site is the intranet: signing in and out at a provider, a home page, and pme.
type site struct {
	http.Handler
	oidc     *oidclogin.Login
	pme      *pme.Handler
	provider *idp.Provider // nil where the environment names one
	log      *slog.Logger
}

func newSite(where demo.Site, cfg pme.Config, change ...func(*oidclogin.Config)) (*site, error) {
	s := &site{log: where.Log}
	at, err := s.whereToSignIn(where)
	if err != nil {
		return nil, err
	}
	for _, f := range change {
		f(&at)
	}
	if s.oidc, err = oidclogin.New(at); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	cfg.Authenticate = s.oidc
	cfg.Pages.HomeURL = "/"
	cfg.Pages.Title = "Our spaces"
	if s.pme, err = pme.New(cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	mux := http.NewServeMux()
	s.pme.Mount(mux, "/pme")
	mux.Handle("/livez", s.pme.Health())
	mux.Handle("/readyz", s.pme.Health())
	mux.Handle("/auth/", s.oidc)
	mux.Handle("GET /{$}", s.oidc.Require(demo.Home(s.pme.Catalog(), "/auth/logout", s.log)))
	mux.HandleFunc("GET /demo.css", demo.Style)
	s.Handler = mux
	return s, nil
}

// whereToSignIn is the provider that the environment names, or else one of the example's own.
func (s *site) whereToSignIn(where demo.Site) (oidclogin.Config, error) {
	cfg := oidclogin.Config{
		RedirectURL:   where.Origin + "/auth/callback",
		PostLogoutURL: where.Origin + "/auth/signed-out", // "/" would lead straight back to signing in
		CookieKeys:    where.CookieKeys,
		Store:         where.Sessions,
		KeepTokens:    true,
		Scopes:        []string{"profile", "email", "offline_access"},
		Logger:        where.Log,
	}
	cfg.Issuer, _ = where.Env("OIDC_ISSUER")
	cfg.ClientID, _ = where.Env("OIDC_CLIENT_ID")
	cfg.ClientSecret, _ = where.Env("OIDC_CLIENT_SECRET")
	if cfg.Issuer != "" || cfg.ClientID != "" || cfg.ClientSecret != "" {
		return cfg, nil
	}
	key, _ := where.Env("SESSION_KEY")
	own, err := takeSeat(key)
	if err != nil {
		return cfg, err
	}
	cfg.ClientID, cfg.ClientSecret = "intranet", own.secret
	p, err := idp.Start(own.issuer(), own.await, idp.Client{
		ID:         cfg.ClientID,
		Secret:     cfg.ClientSecret,
		Callback:   cfg.RedirectURL,
		PostLogout: cfg.PostLogoutURL,
		AnyPort:    own.shared,
	}, idp.Everybody, where.Log)
	if err != nil {
		return cfg, err
	}
	s.provider = p
	cfg.Issuer = p.Issuer
	where.Log.Info("no provider in the environment: using one of the example's own", slog.String("issuer", p.Issuer))
	return cfg, nil
}

// Close implements demo.App.
func (s *site) Close() error {
	var errs []error
	if s.pme != nil {
		errs = append(errs, s.pme.Close())
	}
	if s.oidc != nil {
		errs = append(errs, s.oidc.Close())
	}
	if s.provider != nil {
		errs = append(errs, s.provider.Close())
	}
	return errors.Join(errs...)
}
