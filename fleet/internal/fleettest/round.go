package fleettest

import (
	"context"
	"iter"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/issuer/store"
	login "github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/revocation"
)

// RoundTokens sends each call to the next replica. A mark, or a claim, of one replica counts in all: load balancers send
// a request and its repetition anywhere, and the fleet is one store.
func RoundTokens(all []*fleet.Fleet) store.Store { return &roundTokens{turn{all: all}} }

// RoundSessions sends each call to the next replica.
func RoundSessions(all []*fleet.Fleet) login.Store { return &roundSessions{turn{all: all}} }

// A turn gives the next of several replicas.
type turn struct {
	all  []*fleet.Fleet
	next atomic.Uint64
}

func (r *turn) take() *fleet.Fleet { return r.all[r.next.Add(1)%uint64(len(r.all))] }

type roundTokens struct{ turn }

func (r *roundTokens) Mark() store.Mark { return r.take().Tokens().Mark() }

func (r *roundTokens) Get(ctx context.Context, key store.Key, mark store.Mark) (*store.Entry, error) {
	return r.take().Tokens().Get(ctx, key, mark)
}

func (r *roundTokens) Claim(ctx context.Context, key store.Key, mark store.Mark, ttl time.Duration) (store.Claim, error) {
	return r.take().Tokens().Claim(ctx, key, mark, ttl)
}

func (r *roundTokens) Put(ctx context.Context, c store.Claim, e *store.Entry, ttl time.Duration) error {
	return r.take().Tokens().Put(ctx, c, e, ttl)
}

func (r *roundTokens) Release(ctx context.Context, key store.Key, c store.Claim) error {
	return r.take().Tokens().Release(ctx, key, c)
}

func (r *roundTokens) Evict(ctx context.Context, sel store.Selector) ([]*store.Entry, error) {
	return r.take().Tokens().Evict(ctx, sel)
}

func (r *roundTokens) Entries(ctx context.Context) iter.Seq2[*store.Entry, error] {
	return r.take().Tokens().Entries(ctx)
}

type roundSessions struct{ turn }

func (r *roundSessions) Position(ctx context.Context) (string, error) {
	return r.take().Sessions().Position(ctx)
}

func (r *roundSessions) Revoke(ctx context.Context, name string, ttl time.Duration) error {
	return r.take().Sessions().Revoke(ctx, name, ttl)
}

func (r *roundSessions) RevokeIssued(ctx context.Context, name string, until time.Time, ttl time.Duration) error {
	return r.take().Sessions().RevokeIssued(ctx, name, until, ttl)
}

func (r *roundSessions) Revoked(ctx context.Context, s revocation.Session) (bool, error) {
	return r.take().Sessions().Revoked(ctx, s)
}

func (r *roundSessions) Once(ctx context.Context, name string, ttl time.Duration) (bool, error) {
	return r.take().Sessions().Once(ctx, name, ttl)
}

func (r *roundSessions) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	return r.take().Sessions().Save(ctx, name, value, ttl)
}

func (r *roundSessions) Load(ctx context.Context, name string) ([]byte, error) {
	return r.take().Sessions().Load(ctx, name)
}

func (r *roundSessions) Delete(ctx context.Context, name string) error {
	return r.take().Sessions().Delete(ctx, name)
}
