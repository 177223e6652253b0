package simulation_test

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/go-pme/pme/issuer/store"
)

// A ledger is the naive reference: what was minted, for whom it was stored, and what was revoked when.
type ledger struct {
	mu          sync.Mutex
	delivered   map[string]bool // tokens that arrived from Matterport
	stored      map[string]storing
	revocations []revocation
	claimed     map[store.Key]int
}

type storing struct {
	key  store.Key
	tick int64
}

// A revocation took effect between two ticks.
type revocation struct {
	what            store.Selector
	begun, returned int64
}

func newLedger() *ledger {
	return &ledger{delivered: make(map[string]bool), stored: make(map[string]storing), claimed: make(map[store.Key]int)}
}

func (l *ledger) arrived(token string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delivered[token] = true
}

// giveUp forgets which tokens have arrived: whoever had to delete them may be gone.
func (l *ledger) giveUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.delivered)
}

func (l *ledger) revoked(r revocation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.revocations = append(l.revocations, r)
}

// find says under which key a token was stored, and when.
func (l *ledger) find(token string) (storing, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s, ok := l.stored[token]
	return s, ok
}

// lastRevocation is when the last revocation began that matches key and had returned before that tick.
func (l *ledger) lastRevocation(key store.Key, before int64) (begun int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.revocations {
		if r.returned < before && r.what.MatchesClaim(key) {
			begun = max(begun, r.begun)
		}
	}
	return begun
}

// tokens is the store that the replicas share. It fails while it is troubled, and keeps the ledger.
type tokens struct {
	store.Store
	w *world
}

var errStore = errors.New("the store does not answer")

func (s *tokens) trouble() error {
	if !s.w.troubled.Load() {
		return nil
	}
	switch s.w.chance(60) {
	case 0:
		panic("the store panics: " + secretPanic)
	case 1, 2:
		return errStore
	case 3:
		time.Sleep(time.Duration(s.w.chance(100)) * time.Millisecond)
	}
	return nil
}

func (s *tokens) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	if err := s.trouble(); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, key, mark)
}

func (s *tokens) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	if err := s.trouble(); err != nil {
		return "", err
	}
	return s.Store.Claim(ctx, key, mark, ttl)
}

// Put notes the token before it can be answered.
func (s *tokens) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	if err := s.trouble(); err != nil {
		return err
	}
	s.w.ledger.mu.Lock()
	s.w.ledger.stored[string(e.Token)] = storing{e.Key, s.w.tick()}
	s.w.ledger.mu.Unlock()
	return s.Store.Put(ctx, c, e, ttl)
}

// Evict notes the revocation.
func (s *tokens) Evict(ctx context.Context, what store.Selector) ([]*store.Entry, error) {
	if err := s.trouble(); err != nil {
		return nil, err
	}
	begun := s.w.tick()
	out, err := s.Store.Evict(ctx, what)
	s.w.ledger.revoked(revocation{what, begun, s.w.tick()})
	return out, err
}

func (s *tokens) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		if err := s.trouble(); err != nil {
			yield(nil, err)
			return
		}
		s.Store.Entries(ctx)(yield)
	}
}
