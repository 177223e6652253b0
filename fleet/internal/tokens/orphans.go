package tokens

import (
	"context"
	"errors"
	"sync"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/issuer/store"
)

// orphans are evicted tokens that must still be deleted at Matterport, and whose replica has ended.
type orphans struct {
	mu        sync.Mutex // guards what follows
	functions map[int]func([]*store.Entry)
	next      int
	again     bool // the tokens that this process has to delete are to be given once more

	seen  map[string]heart // of the goroutine that takes over
	stuck map[string]bool  // own revocations that were not collected at the last beat; of the same
}

func (o *orphans) init() {
	o.functions = make(map[int]func([]*store.Entry))
	o.seen, o.stuck = make(map[string]heart), make(map[string]bool)
}

// OnOrphaned implements [store.Deleter].
func (s *Store) OnOrphaned(f func([]*store.Entry)) (stop func()) {
	o := &s.orphans
	o.mu.Lock()
	defer o.mu.Unlock()
	id := o.next
	o.next++
	o.functions[id] = f
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.functions, id)
		o.again = true // the next function deletes the rest
	}
}

// setAgain sets whether the tokens of this process are to be given once more, and returns whether they were.
func (o *orphans) setAgain(again bool) (before bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before, o.again = o.again, again
	return before
}

// taker returns a function that takes orphans, or nil.
func (o *orphans) taker() func([]*store.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.functions {
		return f
	}
	return nil
}

// found gives tokens to the function that deletes them.
func (o *orphans) found(gone []*store.Entry) {
	if f := o.taker(); f != nil && len(gone) > 0 {
		f(gone)
	}
}

// Deleted implements [store.Deleter].
func (s *Store) Deleted(ctx context.Context, entries ...*store.Entry) error {
	n := s.member.Names()
	if n == nil {
		return redis.ErrDown
	}
	if len(entries) == 0 {
		return nil
	}
	return s.done(ctx, s.cfg.Space.Deletions(s.member.ID()), tokenNames(n, entries)...)
}

// collected notes that the tokens of a revocation were collected.
func (s *Store) collected(ctx context.Context, at member.Position) error {
	return s.done(ctx, s.cfg.Space.Collections(s.member.ID()), at.String())
}

func (s *Store) done(ctx context.Context, list string, fields ...string) error {
	_, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Hdel().Key(list).Field(fields...).Build()
	})
	return err
}

func (s *Store) takeOver(ctx context.Context, tokens, revocations map[string]string) error {
	var errs []error
	for at, sealed := range revocations {
		errs = append(errs, s.collectFor(ctx, at, sealed))
	}
	var gone []*store.Entry
	for _, value := range tokens {
		if e, err := s.open(value); err == nil { // otherwise it stays in the list for a replica that can read it
			gone = append(gone, e)
		}
	}
	s.orphans.found(gone)
	return errors.Join(errs...)
}

// giveAgain gives all tokens that this process has to delete to the function that deletes them, if some may not have been given:
// an answer was lost, or the function before has been stopped. Deleting one twice does no harm.
func (s *Store) giveAgain(ctx context.Context) error {
	if !s.orphans.setAgain(false) {
		return nil
	}
	answer, err := s.cfg.Conn.Do(ctx, func(b rueidis.Builder) rueidis.Completed {
		return b.Hgetall().Key(s.cfg.Space.Deletions(s.member.ID())).Build()
	})
	if err != nil {
		s.orphans.setAgain(true)
		return err
	}
	tokens, err := answer.AsStrMap()
	if err != nil {
		return redis.ErrDown
	}
	return s.takeOver(ctx, tokens, nil)
}

// collectFor collects the tokens of a revocation for a caller that has failed or ended.
func (s *Store) collectFor(ctx context.Context, at, sealed string) error {
	sel, ok := s.member.Selected(sealed)
	if !ok {
		return nil // it stays in the list for a replica that can read it
	}
	n := s.member.Names()
	if n == nil {
		return redis.ErrDown
	}
	gone, err := s.collectRevoked(ctx, n, sel, member.ParsePosition(at))
	s.orphans.found(gone)
	return err
}
