package sqlstore

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/secret"
)

// rings have the keys in force, which change with their source.
type rings struct {
	source  *secret.Source // nil: they never change
	fixed   []Key          // decrypt after those of the source
	current atomic.Pointer[ringOf]
	renew   sync.Mutex
}

// A ringOf belongs to one version of the source.
type ringOf struct {
	values []string
	*keyring
}

// newRings returns the keys of a configuration that was checked.
func newRings(cfg Config) (*rings, error) {
	r := &rings{source: cfg.KeySecrets, fixed: cfg.Keys}
	if r.source == nil {
		ring, err := newKeyring(cfg.Keys)
		r.current.Store(&ringOf{keyring: ring})
		return r, err
	}
	return r, r.take(r.source.Values())
}

// watchKeys has new keys checked, and their changes told.
func (cfg Config) watchKeys() (stop func(), err error) {
	if cfg.KeySecrets == nil {
		return func() {}, nil
	}
	stop, err = cfg.KeySecrets.Register(secret.Consumer{Check: checkText, Changed: func(c secret.Change) {
		cfg.Events.Emit(context.Background(), c.Event("connection keys"))
	}})
	if err != nil {
		return stop, fmt.Errorf("sqlstore: Config.KeySecrets: %w", err)
	}
	return stop, nil
}

// Close ends the events about KeySecrets. It does not close the database, and the store can still be used: close it after
// everything that uses it, and before Config.DB. It can be called more than once; the error is always nil.
func (s *Store) Close() error {
	s.stopKeys()
	return nil
}

// HealthParts implements [health.Reporter]: the part "secrets" if there are KeySecrets.
func (s *Store) HealthParts() []health.Part {
	if s.rings.source == nil {
		return nil
	}
	return s.rings.source.HealthParts()
}

var _ health.Reporter = (*Store)(nil)

// keys returns the keys in force.
func (s *Store) keys() *keyring {
	r := s.rings
	if r.source == nil {
		return r.current.Load().keyring
	}
	values := r.source.Values()
	if current := r.current.Load(); &current.values[0] == &values[0] { // a source never changes a slice
		return current.keyring
	}
	if err := r.take(values); err != nil {
		s.log.Error("new keys of connections are not used", "error", err)
	}
	return r.current.Load().keyring
}

// look has the source looked at now, and reports whether its files can be used.
func (r *rings) look(ctx context.Context) error {
	if r.source == nil {
		return nil
	}
	r.source.Look(ctx)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sqlstore: look at Config.KeySecrets: %w", err)
	}
	for _, p := range r.source.HealthParts() {
		if err := p.Check(ctx); err != nil {
			return fmt.Errorf("sqlstore: Config.KeySecrets: %w", err)
		}
	}
	return nil
}

// take puts the keys in values in force. Those that were in force before go on to decrypt.
func (r *rings) take(values []string) error {
	r.renew.Lock()
	defer r.renew.Unlock()
	keys, err := parseKeys(values)
	if err != nil {
		return err
	}
	next, err := newKeyring(append(keys, r.fixed...))
	if err != nil {
		return err
	}
	if before := r.current.Load(); before != nil {
		for m, aead := range before.keys {
			if next.keys[m] == nil {
				next.keys[m] = aead
			}
		}
	}
	r.current.Store(&ringOf{values: values, keyring: next})
	return nil
}

// parseSecrets returns the keys of KeySecrets.
func (cfg Config) parseSecrets() ([]Key, error) {
	if cfg.KeySecrets == nil {
		return nil, nil
	}
	remove, err := cfg.KeySecrets.Register(secret.Consumer{Check: checkText})
	remove()
	if err != nil {
		return nil, err
	}
	return parseKeys(cfg.KeySecrets.Values())
}

func parseKeys(values []string) ([]Key, error) {
	var keys []Key
	for i, value := range values {
		k, err := ParseKey(value)
		if err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func checkText(value string) error {
	_, err := ParseKey(value)
	return err
}
