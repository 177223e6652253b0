package member

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
)

// sync calls the script of that name, and does what its verdict asks for.
func (m *Member) sync(ctx context.Context) error {
	begun := time.Now()
	verdict, rest, err := m.cfg.Conn.RunAnyway(ctx, script.Sync,
		[]string{m.cfg.Space.Fleet(), m.cfg.Space.log(), m.cfg.Space.members()},
		[]string{m.id, m.AppliedText(), strconv.Itoa(mostEntries)})
	switch {
	case errors.Is(err, redis.ErrLost):
		return m.anew(ctx, "")
	case err != nil:
		return err
	case verdict == "ahead":
		return m.anew(ctx, m.Applied().Epoch)
	case verdict == "epoch", verdict == "behind":
		m.lease.Store(nil)
		return m.join(ctx)
	case verdict != "ok" || len(rest) < 3:
		return fmt.Errorf("fleet: sync answers %q", verdict)
	}
	texts, err := redis.Strings(rest)
	if err != nil {
		return err
	}
	return m.synced(begun, texts)
}

// synced applies the entries of an answer, and takes its lease if they were all.
func (m *Member) synced(begun time.Time, texts []string) error {
	latest, err1 := strconv.ParseUint(texts[1], 10, 64)
	least, err2 := strconv.ParseUint(texts[2], 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("fleet: sync answers with something else: %w", err)
	}
	if texts[0] == "0" { // it was removed, and did not know some revocations for a while
		m.lease.Store(nil)
		m.reset(m.Applied())
	}
	for _, text := range texts[3:] {
		if err := m.apply(text); err != nil {
			m.lease.Store(nil)
			return err
		}
	}
	if m.Applied().Number == latest {
		m.hold(begun)
	}
	m.crowd.acknowledged(m.standing.Load(), least)
	if len(texts) > 3 {
		return errAgain // which acknowledges them
	}
	return nil
}

// hold takes the lease of a call that began then. Whoever sees the lease can call Redis too.
func (m *Member) hold(begun time.Time) {
	m.cfg.Conn.Note(true)
	m.lease.Store(&begun)
}

// apply applies one entry of the log.
func (m *Member) apply(text string) error {
	e, err := parseEntry(m.cfg.Keys, text)
	if err != nil {
		return err
	}
	if e.strange != nil {
		m.memory.missed()
		m.warn(e.strange)
	}
	now := *m.standing.Load()
	position := Position{now.applied.Epoch, e.number, e.random}
	m.memory.add(&e.Record, position, now.history)
	for _, cache := range m.caches {
		cache.Apply(&e.Record, e.number)
	}
	m.stand(position, now.history, now.since)
	return nil
}

// warn tells once a minute that records of the log cannot be read.
func (m *Member) warn(err error) {
	if time.Since(m.warned) < time.Minute {
		return
	}
	m.warned = time.Now()
	m.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "revocation empties the caches", slog.Any("error", err))
}

func (m *Member) stand(applied Position, history History, since time.Time) {
	m.standing.Store(&standing{applied, applied.String(), history, since})
}

func (m *Member) reset(joined Position) {
	for _, cache := range m.caches {
		cache.Reset(joined)
	}
}
