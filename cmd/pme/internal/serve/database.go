package serve

import (
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/postgres"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// openConnections lets people connect accounts, if there is an OAuth application.
func (b *builder) openConnections() {
	c := b.cfg.Connections
	if c.ClientID == "" {
		if c.ClientSecret.IsSet() || c.Database.IsSet() || c.Keys.IsSet() {
			b.problems.add("connections.client_id", "it is missing: write that of the OAuth application, or remove the section")
		}
		return
	}
	for path, s := range map[string]config.Secret{"connections.database": c.Database, "connections.keys": c.Keys} {
		if !s.IsSet() {
			b.problems.add(path, "it is missing: connected accounts need a database, and keys that encrypt what is in it")
		}
	}
	if c.Database.IsSet() && !postgres.Is(c.Database.Value()) && c.Database.Value() == b.cfg.Audit.Database.Value() {
		b.problems.add("connections.database", "it is the file of audit.database: give each a file of its own")
	}
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: c.ClientID, ClientSecrets: c.ClientSecret.Source(), RedirectURL: b.cfg.BaseURL + b.cfg.Paths.Spaces + "/connect/callback",
		Scopes: scopes(c.Scopes), AccessTokenLife: c.TokenLife, AuthorizeURL: c.AuthorizeURL, SelectorURL: c.SelectorURL,
		BaseURL: b.cfg.Matterport.APIURL, HTTPClient: b.client(), Logger: b.log, Events: b.events,
	})
	b.problems.explain(err, oauthWords)
	if app != nil && err == nil {
		b.g.onClose(app.Close)
	}
	if b.problems.under("connections") || err != nil {
		return
	}
	kept := b.openStore(c)
	if kept == nil {
		return
	}
	connections, err := connect.New(connect.Config{App: app, Store: kept, MaxPerUser: c.MaxPerUser, Events: b.events, Logger: b.log})
	if err != nil {
		b.problems.explain(err, oauthWords)
		return
	}
	b.g.connections = connections
	b.g.closers = append(b.g.closers, connections.Shutdown)
}

// openStore opens the database of connected accounts.
func (b *builder) openStore(c config.Connections) store.Store {
	if postgres.Is(c.Database.Value()) {
		kept, err := postgres.OpenStore(b.ctx, "connections.database", c.Database.Value(), sqlstore.Config{KeySecrets: c.Keys.Source(), Events: b.events, Logger: b.log})
		if err != nil {
			b.problems.explain(err, storeWords)
			return nil
		}
		b.g.onClose(kept.Close)
		return kept
	}
	kept, err := sqlite.Open(b.ctx, sqlite.Config{Path: c.Database.Value(), KeySecrets: c.Keys.Source(), Events: b.events, Logger: b.log})
	if err != nil {
		b.problems.explain(err, storeWords)
		return nil
	}
	b.g.onClose(kept.Close)
	return kept
}

func scopes(names []string) []matterport.Scope {
	if len(names) == 0 {
		return []matterport.Scope{matterport.ScopeViewDetails}
	}
	out := make([]matterport.Scope, len(names))
	for i, name := range names {
		out[i] = matterport.Scope(name)
	}
	return out
}
