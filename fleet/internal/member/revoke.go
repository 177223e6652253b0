package member

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
)

// errUnsettled means that a revocation may have been lost with the content of the store.
var errUnsettled = errors.New("fleet: Redis has lost its content in the meantime: revoke it again")

// Revoke writes a revocation into the store. From then on no script gives what it means. Call [Member.Settle] before
// answering: members may still answer from memory.
func (m *Member) Revoke(ctx context.Context, r *Record) (Position, error) {
	names := m.Names()
	if names == nil {
		return Position{}, redis.ErrDown
	}
	until := ""
	if r.Until != 0 {
		until = strconv.FormatInt(r.Until, 10)
	}
	collector := ""
	if r.Tokens != nil && r.Tokens.Token == "" {
		collector = m.id
	}
	space := m.cfg.Space
	keys := append([]string{space.Fleet(), space.log(), space.Owners(), space.Collections(m.id)}, space.generations(r, names)...)
	_, rest, err := m.cfg.Conn.Run(ctx, script.Revoke, keys, []string{
		rand.Text()[:8], r.seal(m.cfg.Keys), strconv.Itoa(logLength), space.Channel(), strconv.FormatInt(r.Life, 10), until, collector,
	})
	if err != nil {
		return Position{}, err
	}
	if len(rest) != 1 {
		return Position{}, errors.New("fleet: revoke answers with something else")
	}
	text, err := redis.Text(&rest[0])
	if err != nil {
		return Position{}, err
	}
	at := ParsePosition(text)
	m.memory.add(r, at, m.History())
	if m.Names() != names { // a new epoch has other ones, and what was announced in it may lack this revocation
		return m.Revoke(ctx, r)
	}
	return at, nil
}

// replicated waits until enough replicas of Redis have what was written, so that a fail-over keeps it.
func (m *Member) replicated(ctx context.Context) error {
	if m.cfg.WaitReplicas == 0 {
		return nil
	}
	n, err := m.cfg.Conn.Replicated(ctx, m.cfg.Space.Fleet(), m.cfg.WaitReplicas, m.cfg.Lease)
	if err == nil && n < m.cfg.WaitReplicas {
		err = fmt.Errorf("fleet: %d replicas of Redis have the revocation, and WaitReplicas is %d: a fail-over now may lose it", n, m.cfg.WaitReplicas)
	}
	return err
}

// Settle waits until enough replicas of Redis have the revocation, and until no member answers from a memory older than the revocation: until all have applied it, or until the
// lease of those that have not is over. Those that have not called since are no members any more.
func (m *Member) Settle(ctx context.Context, at Position) error {
	copied := make(chan error, 1)
	go func() { copied <- m.replicated(ctx) }()
	return errors.Join(m.settle(ctx, at), <-copied)
}

func (m *Member) settle(ctx context.Context, at Position) error {
	limit := m.cfg.Lease + m.cfg.Lease/10
	over := time.After(limit)
	w := m.crowd.wait(at)
	defer m.crowd.leave(w)
	m.wake()
	select {
	case ok := <-w.done:
		if !ok {
			return errUnsettled
		}
		return m.outwait(ctx, limit)
	case <-over:
		return errors.Join(m.expel(ctx, at), m.catchUp(ctx, at))
	case <-ctx.Done():
		return fmt.Errorf("fleet: waiting for the other replicas: %w", ctx.Err())
	}
}

// catchUp waits until this process has applied the revocation, so that marks which are taken afterwards are later.
func (m *Member) catchUp(ctx context.Context, at Position) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		switch applied := m.Applied(); {
		case applied.Epoch != at.Epoch:
			return errUnsettled
		case applied.Number >= at.Number:
			return nil
		}
		m.wake()
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("fleet: applying a revocation: %w", ctx.Err())
		}
	}
}

// outwait waits until this process has seen the epoch for so long. Before, there may be members of the epoch before it
// that hold a lease and are not in the list any more.
func (m *Member) outwait(ctx context.Context, limit time.Duration) error {
	left := limit - time.Since(m.standing.Load().since)
	if left <= 0 {
		return nil
	}
	select {
	case <-time.After(left):
		return nil
	case <-ctx.Done():
		return fmt.Errorf("fleet: waiting for the other replicas: %w", ctx.Err())
	}
}

// expel removes the members that have not called since the revocation.
func (m *Member) expel(ctx context.Context, at Position) error {
	verdict, _, err := m.cfg.Conn.Run(ctx, script.Expel, []string{m.cfg.Space.Fleet(), m.cfg.Space.members()}, []string{at.String()})
	switch {
	case err != nil:
		return err
	case verdict != "ok":
		return errUnsettled
	}
	return m.outwait(ctx, m.cfg.Lease+m.cfg.Lease/10)
}

// Await returns a channel that is closed once a token of the key was put by any replica, or its claim released. That is
// a hint, which can be missed. Call leave when it is not waited for any more.
func (m *Member) Await(key string) (woken <-chan struct{}, leave func()) { return m.crowd.await(key) }
