package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/examples/internal/idp"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/secret"
)

// webhookUser and webhookSecret are what Matterport was told to send with its events.
const (
	webhookUser   = "matterport"
	webhookSecret = "the secret of the e2e webhook"
)

// operation is what a site has that operators run: a login at a provider, an allow-list in a file, an audit trail, webhooks,
// and pages for the administrator root.
type operation struct {
	site     string
	provider *idp.Provider
	login    *oidclogin.Login
	rules    *access.File
	trail    *trail
	recent   *admin.Recent
}

// staff are whom the provider knows.
var staff = idp.People{
	"alice": {User: storage.User{FirstName: "Alice", Email: "alice@example.com", EmailVerified: true}},
	"root":  {User: storage.User{FirstName: "Root", Email: "root@example.org", EmailVerified: true}},
}

func isRoot(_ context.Context, u *identity.User) (bool, error) {
	return u.EmailVerified && u.Email == "root@example.org", nil
}

// operate makes all that, and has cfg use it. Close it after the handler.
func operate(ctx context.Context, cfg *pme.Config, site, allow string) (o *operation, err error) {
	o = &operation{site: site, recent: admin.NewRecent(0)}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close())
		}
	}()
	if o.trail, err = newTrail(cfg.Logger, o.recent); err != nil {
		return o, err
	}
	if o.rules, err = access.OpenFile(allow, access.FileOptions{Interval: 50 * time.Millisecond, Logger: cfg.Logger}); err != nil {
		return o, err
	}
	if err = o.signIn(ctx, cfg.Logger); err != nil {
		return o, err
	}
	cfg.Authenticate, cfg.Access, cfg.Events = o.login, o.rules, o.trail.stream
	cfg.Webhook = &webhook.Credential{User: webhookUser, Secrets: secret.Fixed(webhookSecret)}
	return o, nil
}

// signIn starts the provider, and makes the login at it.
func (o *operation) signIn(ctx context.Context, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	client := idp.Client{ID: "intranet", Secret: rand.Text(), Callback: o.site + "/auth/callback", PostLogout: o.site + "/auth/signed-out"}
	serve := func(context.Context) (net.Listener, error) { return listener, nil }
	if o.provider, err = idp.Start("http://"+listener.Addr().String(), serve, client, staff, log); err != nil {
		return errors.Join(err, listener.Close())
	}
	o.login, err = oidclogin.New(oidclogin.Config{
		Issuer: o.provider.Issuer, ClientID: client.ID, ClientSecret: client.Secret, RedirectURL: client.Callback, PostLogoutURL: client.PostLogout,
		CookieKeys: [][]byte{[]byte(rand.Text() + rand.Text())[:32], []byte(rand.Text() + rand.Text())[:32]},
		Scopes:     []string{"profile", "email", "offline_access"}, KeepTokens: true,
		Events: o.trail.stream, Logger: log,
	})
	return err
}

func (o *operation) close() error {
	var errs []error
	if o.rules != nil {
		errs = append(errs, o.rules.Close())
	}
	if o.login != nil {
		errs = append(errs, o.login.Close())
	}
	if o.provider != nil {
		errs = append(errs, o.provider.Close())
	}
	if o.trail != nil {
		errs = append(errs, o.trail.close())
	}
	return errors.Join(errs...)
}
