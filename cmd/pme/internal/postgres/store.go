package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/health"
)

// A Store keeps connected accounts. Until the server has answered, its methods fail.
type Store struct {
	late[*sqlstore.Store]
	db *sql.DB
}

var (
	_ store.Store     = (*Store)(nil)
	_ health.Reporter = (*Store)(nil)
)

// OpenStore opens the connected accounts at a URL, or goes on trying if the server is away. The setting is what the log calls it, and cfg
// what [sqlstore.New] gets. The error says what is wrong and what to do. Close the Store.
func OpenStore(ctx context.Context, setting, url string, cfg sqlstore.Config) (*Store, error) {
	db, err := Open(url)
	if err != nil {
		return nil, err
	}
	cfg.DB, cfg.Dialect = db, sqlstore.PostgreSQL
	s := &Store{late[*sqlstore.Store]{setting: setting, log: cfg.Logger, open: func(ctx context.Context) (*sqlstore.Store, error) {
		return sqlstore.New(ctx, cfg)
	}}, db}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close ends what runs in the background, and the connections.
func (s *Store) Close() error {
	s.stop()
	if kept, err := s.get(); err == nil {
		_ = kept.Close() // the error is always nil
	}
	return s.db.Close() //nolint:wrapcheck // it says all
}

// HealthParts implements [health.Reporter]. The store's own parts are not there before the store is.
func (s *Store) HealthParts() []health.Part {
	secrets := func(ctx context.Context) error {
		kept, err := s.get()
		if err != nil {
			return nil //nolint:nilerr // the other part says so
		}
		for _, p := range kept.HealthParts() {
			if err := p.Check(ctx); err != nil {
				return err //nolint:wrapcheck // its words are shown
			}
		}
		return nil
	}
	waiting := func(context.Context) error {
		if _, err := s.get(); err != nil {
			return health.Degraded("waits for the database")
		}
		return nil
	}
	return []health.Part{{Name: "connections", Check: waiting}, {Name: "secrets", Check: secrets}}
}

// Begin implements [store.Store].
func (s *Store) Begin(ctx context.Context, a *store.PendingAuthorization, most int, now time.Time) error {
	kept, err := s.get()
	if err != nil {
		return err
	}
	return kept.Begin(ctx, a, most, now) //nolint:wrapcheck // as if it were called itself
}

// Take implements [store.Store].
func (s *Store) Take(ctx context.Context, id, user string, proof [32]byte) (*store.PendingAuthorization, error) {
	kept, err := s.get()
	if err != nil {
		return nil, err
	}
	return kept.Take(ctx, id, user, proof) //nolint:wrapcheck // as above
}

// Create implements [store.Store].
func (s *Store) Create(ctx context.Context, r *store.Record, most int) error {
	kept, err := s.get()
	if err != nil {
		return err
	}
	return kept.Create(ctx, r, most) //nolint:wrapcheck // as above
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, k store.Key) (*store.Record, error) {
	kept, err := s.get()
	if err != nil {
		return nil, err
	}
	return kept.Get(ctx, k) //nolint:wrapcheck // as above
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, user string) ([]*store.Record, error) {
	kept, err := s.get()
	if err != nil {
		return nil, err
	}
	return kept.List(ctx, user) //nolint:wrapcheck // as above
}

// Update implements [store.Store].
func (s *Store) Update(ctx context.Context, k store.Key, change func(ctx context.Context, r *store.Record) error) error {
	kept, err := s.get()
	if err != nil {
		return err
	}
	return kept.Update(ctx, k, change) //nolint:wrapcheck // as above
}

// Delete implements [store.Store].
func (s *Store) Delete(ctx context.Context, k store.Key) error {
	kept, err := s.get()
	if err != nil {
		return err
	}
	return kept.Delete(ctx, k) //nolint:wrapcheck // as above
}

// DeleteUser implements [store.Store].
func (s *Store) DeleteUser(ctx context.Context, user string) (int, error) {
	kept, err := s.get()
	if err != nil {
		return 0, err
	}
	return kept.DeleteUser(ctx, user) //nolint:wrapcheck // as above
}
