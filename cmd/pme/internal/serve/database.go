package serve

import (
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/sqlite"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

func isPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// maxConnections bounds the pool of each database. Renewals of accounts use half of it at most.
const maxConnections = 10

// postgres returns a pool of connections, none of which is made yet. The URL has a password, so nothing of it is quoted.
func (b *builder) postgres(path string, url config.Secret) *sql.DB {
	cfg, err := pgx.ParseConfig(url.Value())
	if err != nil {
		b.problems.add(path, "it is no URL of PostgreSQL: write one such as postgres://pme:…@db.internal/pme?sslmode=verify-full")
		return nil
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(maxConnections)
	b.g.onClose(db.Close)
	return db
}

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
	if c.Database.IsSet() && !isPostgres(c.Database.Value()) && c.Database.Value() == b.cfg.Audit.Database.Value() {
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

// openStore opens the database of connected accounts. It has to answer: nothing is known about the accounts without it.
func (b *builder) openStore(c config.Connections) store.Store {
	if isPostgres(c.Database.Value()) {
		db := b.postgres("connections.database", c.Database)
		if db == nil {
			return nil
		}
		kept, err := sqlstore.New(b.ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, KeySecrets: c.Keys.Source(), Events: b.events, Logger: b.log})
		if err != nil {
			b.problems.explain(err, storeWords)
			return nil
		}
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
