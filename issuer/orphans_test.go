package issuer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A ledger is a store that knows which evicted tokens have yet to be deleted.
type ledger struct {
	store.Store

	mu     sync.Mutex // guards what follows
	adopt  func([]*store.Entry)
	noted  []string
	fails  error // error of every Deleted
	panics bool  // in every Deleted
}

func newLedger() *ledger { return &ledger{Store: issuer.NewMemory(issuer.MemoryConfig{})} }

func (l *ledger) Deleted(_ context.Context, entries ...*store.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range entries {
		l.noted = append(l.noted, string(e.Token))
	}
	if l.panics {
		panic("secret-token inside")
	}
	return l.fails
}

func (l *ledger) OnOrphaned(f func([]*store.Entry)) (stop func()) {
	l.adopt = f
	return func() { l.adopt = nil }
}

func (l *ledger) wantNoted(t *testing.T, when string, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Equal(l.noted, want) {
		t.Errorf("%s: noted as deleted: %q, want %q", when, l.noted, want)
	}
}

// orphan returns a token that another replica has evicted, and that lives at Matterport for ten minutes.
func (r *rig) orphan(token string) *store.Entry {
	r.up.set(func(u *upstream) { u.live[token] = office })
	now, _ := r.up.ServerTime()
	return &store.Entry{Key: store.Key{User: "bob", Models: office}, Token: matterport.Secret(token), ValidUntil: now.Add(10 * time.Minute), User: bob}
}

func withLedger(t *testing.T, f func(*testing.T, *ledger, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		f(t, l, newRig(t, func(c *issuer.Config) { c.Store = l }))
	})
}

func TestOrphanIsDeletedAndThenNoted(t *testing.T) {
	withLedger(t, func(t *testing.T, l *ledger, r *rig) {
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		one, two := r.orphan("secret-token-one"), r.orphan("secret-token-two")
		l.adopt([]*store.Entry{one})
		time.Sleep(10 * time.Second)
		l.wantNoted(t, "while Matterport refuses")
		r.up.wantLive(t, 2)
		r.up.set(func(u *upstream) {
			u.stubborn = nil
			u.whileDelete = func() { l.wantNoted(t, "before the deletion") }
		})
		time.Sleep(time.Minute)
		l.wantNoted(t, "afterwards", "secret-token-one")
		r.up.wantLive(t, 1)
		r.up.set(func(u *upstream) { u.whileDelete = nil })
		l.adopt([]*store.Entry{two, r.orphan("secret-token-three")})
		synctest.Wait()
		slices.Sort(l.noted)
		l.wantNoted(t, "at last", "secret-token-one", "secret-token-three", "secret-token-two")
		r.up.wantLive(t, 0)
	})
}

func TestOrphanThatIsGoneAlreadyIsNoted(t *testing.T) {
	withLedger(t, func(t *testing.T, l *ledger, r *rig) {
		r.up.set(func(u *upstream) { u.stubborn = &matterport.Error{Op: "delete", Err: matterport.ErrNotFound} })
		l.adopt([]*store.Entry{r.orphan("secret-token-one")})
		synctest.Wait()
		l.wantNoted(t, "at once", "secret-token-one")
	})
}

func TestOrphanThatHasExpiredIsNoted(t *testing.T) {
	withLedger(t, func(t *testing.T, l *ledger, r *rig) {
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		l.adopt([]*store.Entry{r.orphan("secret-token-one")})
		time.Sleep(9 * time.Minute)
		l.wantNoted(t, "before it expires")
		time.Sleep(3 * time.Minute)
		l.wantNoted(t, "afterwards", "secret-token-one")
		_, _, deletes := r.up.count()
		time.Sleep(time.Hour)
		if _, _, now := r.up.count(); now != deletes {
			t.Errorf("%d deletions of a token that has expired", now-deletes)
		}
	})
}

func TestOrphanThatIsGivenUpIsNotNoted(t *testing.T) {
	withLedger(t, func(t *testing.T, l *ledger, r *rig) {
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		adopt := l.adopt
		adopt([]*store.Entry{r.orphan("secret-token-one")})
		time.Sleep(10 * time.Second)
		if err := r.Close(); err != nil || l.adopt != nil {
			t.Errorf("after Close: %v, a function is registered: %t", err, l.adopt != nil)
		}
		adopt([]*store.Entry{r.orphan("secret-token-two")}) // as it was called a moment before
		synctest.Wait()
		l.wantNoted(t, "after Close")
		r.up.wantLive(t, 2)
		if n := strings.Count(r.log.String(), "deletion abandoned"); n != 2 {
			t.Errorf("%d are logged", n)
		}
	})
}

func TestStoreThatCannotNoteADeletionChangesNothing(t *testing.T) {
	for name, broken := range map[string]func(*ledger){
		"fails":  func(l *ledger) { l.fails = errors.New("no answer") },
		"panics": func(l *ledger) { l.panics = true },
	} {
		t.Run(name, func(t *testing.T) {
			withLedger(t, func(t *testing.T, l *ledger, r *rig) {
				broken(l)
				l.adopt([]*store.Entry{r.orphan("secret-token-one")})
				synctest.Wait()
				l.wantNoted(t, "an orphan", "secret-token-one")
				r.issue(t, alice, office)
				if out := r.revoke(t, store.Selector{User: "alice"}); out != (issuer.Revocation{Tokens: 1}) {
					t.Errorf("%+v", out)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				l.wantNoted(t, "all", "secret-token-one", "secret-token-1")
				r.up.wantLive(t, 0)
				if _, _, deletes := r.up.count(); deletes != 2 {
					t.Errorf("%d deletions", deletes)
				}
			})
		})
	}
}

// torn stores a token without saying so, and then fails for a while.
type torn struct {
	*ledger
	until time.Time
}

func (s *torn) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	return errors.Join(s.ledger.Put(ctx, c, e, ttl), errors.New("no answer"))
}

func (s *torn) Evict(ctx context.Context, sel store.Selector) ([]*store.Entry, error) {
	if time.Now().Before(s.until) {
		return nil, errors.New("no answer")
	}
	return s.ledger.Evict(ctx, sel)
}

func (s *torn) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	if time.Now().Before(s.until) {
		return nil, errors.New("no answer")
	}
	return s.ledger.Get(ctx, key, mark)
}

func TestStoreThatPanicsAfterADeletionIsStillToldToEvict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger()
		l.panics = true
		s := &torn{ledger: l}
		r := newRig(t, func(c *issuer.Config) { c.Store = s })
		r.up.set(func(u *upstream) { u.whileMint = func() { s.until = time.Now().Add(5 * time.Second) } })
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		time.Sleep(time.Minute)
		if e, err := l.Get(t.Context(), store.Key{User: "alice", Models: office}, l.Mark()); err != nil || e != nil {
			t.Errorf("a token is served that was deleted: %t, %v", e != nil, err)
		}
	})
}
