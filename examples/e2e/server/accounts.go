package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// accounts are those that people connect.
type accounts struct {
	*connect.Connections
	app    *matterport.OAuthApp
	store  *memory
	barred atomic.Bool // people may not use what they have connected
}

func newAccounts(w wish, now func() time.Time, cfg pme.Config) (*accounts, error) {
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL:     w.origin + "/pme/connect/callback",
		Scopes:          []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopePurchaseAssets},
		AccessTokenLife: w.life,
		BaseURL:         w.emulator, AuthorizeURL: w.emulator + "/oauth/authorize", SelectorURL: w.emulator + "/model-select",
		Logger: cfg.Logger, Now: now,
	})
	if err != nil {
		return nil, err
	}
	store := &memory{Store: connect.NewMemory(), secrets: []string{matterporttest.DefaultOAuthClientSecret}}
	a := &accounts{app: app, store: store}
	a.Connections, err = connect.New(connect.Config{
		App: app, Store: store, Allow: a.allow, Events: cfg.Events, Logger: cfg.Logger, Now: now,
	})
	return a, err
}

func (a *accounts) allow(context.Context, *identity.User) (bool, error) { return !a.barred.Load(), nil }

func (a *accounts) close() error { return errors.Join(a.Close(), a.app.Close()) }

// memory is a store that remembers what must never reach a browser: the application's secret, and every
// refresh token.
type memory struct {
	store.Store

	mu      sync.Mutex
	secrets []string
}

func (m *memory) Create(ctx context.Context, r *store.Record, most int) error {
	m.note(r)
	return m.Store.Create(ctx, r, most)
}

func (m *memory) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	return m.Store.Update(ctx, k, func(ctx context.Context, r *store.Record) error {
		err := change(ctx, r)
		m.note(r)
		return err
	})
}

func (m *memory) note(r *store.Record) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if token := string(r.RefreshToken); token != "" && !slices.Contains(m.secrets, token) {
		m.secrets = append(m.secrets, token)
	}
}

func (m *memory) seen() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.secrets)
}
