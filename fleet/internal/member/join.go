package member

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// anew begins a new epoch, after what was revoked may have been lost, and joins it. Another replica may do so first.
func (m *Member) anew(ctx context.Context, present string) error {
	m.lease.Store(nil)
	names := m.Names()
	if names == nil {
		names = vault.NewNames()
	}
	epoch := rand.Text()[:13]
	history := append(History{epoch}, m.History()...)
	if len(history) > 20 {
		history = history[:20]
	}
	_, _, err := m.cfg.Conn.RunAnyway(ctx, script.Found,
		[]string{m.cfg.Space.Fleet(), m.cfg.Space.log(), m.cfg.Space.members()},
		[]string{present, epoch, strings.Join(history, ","), m.cfg.Keys.ID(), names.Sealed(m.cfg.Keys)})
	if err != nil {
		return err
	}
	return m.join(ctx)
}

// join becomes a member at the present position, which may be of another epoch than before.
func (m *Member) join(ctx context.Context) error {
	begun := time.Now()
	verdict, rest, err := m.cfg.Conn.RunAnyway(ctx, script.Join, []string{m.cfg.Space.Fleet(), m.cfg.Space.members()}, []string{m.id})
	if errors.Is(err, redis.ErrLost) && ctx.Err() == nil {
		return m.anew(ctx, "")
	}
	if err != nil {
		return err
	}
	texts, err := redis.Strings(rest)
	if err != nil || verdict != "ok" || len(texts) != 2 {
		return fmt.Errorf("fleet: join answers %q: %w", verdict, err)
	}
	if err := m.learnNames(ctx); err != nil {
		return err
	}
	position, known := ParsePosition(texts[0]), History(strings.Split(texts[1], ","))
	before := m.standing.Load()
	since := before.since
	if position.Epoch != before.applied.Epoch {
		since = time.Now()
		m.crowd.lost()
	}
	m.reset(position)
	if before.applied.Epoch != "" && position.Epoch != before.applied.Epoch {
		// Before anything is read in the new epoch. If it fails, the next step finds the old epoch and repeats it.
		if err := m.announce(ctx, before.history); err != nil {
			return err
		}
	}
	m.joined.Store(&position)
	m.stand(position, known, since)
	m.hold(begun)
	return errAgain
}

// learnNames opens the key of all names, and stores it under the present key of the operator too.
func (m *Member) learnNames(ctx context.Context) error {
	client := m.cfg.Conn.Client()
	fields, err := client.Do(ctx, client.B().Hgetall().Key(m.cfg.Space.Fleet()).Build()).AsStrMap()
	if err != nil {
		return redis.Sort(err)
	}
	var names *vault.Names
	err = vault.ErrOtherKey
	for field, sealed := range fields {
		if !strings.HasPrefix(field, "k:") {
			continue
		}
		opened, openErr := vault.OpenNames(m.cfg.Keys, sealed)
		if openErr == nil {
			names, err = opened, nil
			break
		}
		if !errors.Is(openErr, vault.ErrOtherKey) {
			err = openErr
		}
	}
	if err != nil {
		return fmt.Errorf("fleet: none of the Keys is that of the fleet: %w", err)
	}
	m.names.Store(names)
	own := "k:" + m.cfg.Keys.ID()
	if fields[own] != "" {
		return nil
	}
	err = client.Do(ctx, client.B().Hset().Key(m.cfg.Space.Fleet()).FieldValue().FieldValue(own, names.Sealed(m.cfg.Keys)).Build()).Error()
	if err != nil {
		return redis.Sort(err)
	}
	return nil
}

func (m *Member) leave() {
	client := m.cfg.Conn.Client()
	if client == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = client.Do(ctx, client.B().Hdel().Key(m.cfg.Space.members()).Field(m.id).Build()).Error()
}
