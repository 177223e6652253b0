package member

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/script"
	"github.com/go-pme/pme/fleet/internal/vault"
)

const (
	mostEntries = 500    // that one sync returns
	logLength   = 10_000 // entries; a member that is further behind joins anew
)

// errAgain asks for another step at once.
var errAgain = errors.New("again")

// run takes a step three times in each lease, and at once when something happened.
func (m *Member) run(ctx context.Context) {
	for {
		err := m.step(ctx)
		for n := 0; errors.Is(err, errAgain) && ctx.Err() == nil && n < 1000; n++ {
			err = m.step(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, errAgain) {
			err = nil // others revoke all the time, and the store answers
		}
		m.note(ctx, err)
		m.mend(err)
		select {
		case <-m.crowd.pause(m.interval()):
		case <-m.kick:
		case <-ctx.Done():
			return
		}
	}
}

// note notes how the step went. The log has the beginning and the end of trouble.
func (m *Member) note(ctx context.Context, err error) {
	before := m.Problem()
	m.cfg.Conn.Note(err == nil)
	m.problem.Store(&err)
	if err == nil {
		now := time.Now()
		m.reached.Store(&now)
	}
	switch {
	case err != nil && (before == nil || before.Error() != err.Error() && errors.Is(err, vault.ErrOtherKey)):
		m.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "fleet degraded", slog.Any("error", err))
	case err == nil && before != nil:
		m.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "fleet well again")
	}
	select {
	case <-m.first:
	default:
		close(m.first)
	}
}

// interval is how long after this step the next one is due at the latest. An end of trouble is noticed soon, however long the lease.
func (m *Member) interval() time.Duration {
	if m.Problem() != nil {
		return min(m.cfg.Lease, time.Second) / 3
	}
	return m.cfg.Lease / 3
}

// mend drops a connection to a server that is a replica by now, or that has not answered twice in a row: the next one may lead
// to another server.
func (m *Member) mend(err error) {
	if !redis.Unanswered(err) {
		m.unanswered = 0
	} else {
		m.unanswered++
	}
	if m.unanswered >= 2 || redis.IsReplica(err) {
		m.unanswered = 0
		m.cfg.Conn.Drop()
	}
}

// step becomes a member, or renews the lease of one.
func (m *Member) step(ctx context.Context) error {
	if err := m.cfg.Conn.Open(); err != nil {
		return redis.Sort(err)
	}
	// A step that has begun ends before this process leaves: a call that Redis gets late would make it a member again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), min(max(m.cfg.Lease, time.Second), 2*time.Second))
	defer cancel()
	if !m.checked {
		if err := m.check(ctx); err != nil {
			return err
		}
		m.checked = true
	}
	if m.Applied().Epoch == "" {
		return m.join(ctx)
	}
	return m.sync(ctx)
}

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

// listen lets the member take a step when another replica says that something happened. It is a hint only: without it,
// the next step comes by its time.
func (m *Member) listen(ctx context.Context) {
	select {
	case <-m.first:
	case <-ctx.Done():
	}
	for ctx.Err() == nil {
		wait := min(m.cfg.Lease, time.Second) / 3
		if client := m.cfg.Conn.Client(); client != nil {
			subscribe := client.B().Subscribe().Channel(m.cfg.Space.Channel()).Build()
			err := client.Receive(ctx, subscribe, func(message rueidis.PubSubMessage) { m.hear(message.Message) })
			if _, refused := rueidis.IsRedisErr(err); refused {
				wait = 30 * time.Second
			}
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

func (m *Member) hear(message string) {
	switch {
	case message == "revoked":
		m.wake()
	case strings.HasPrefix(message, hintPrefix):
		m.hearHint(message)
	default:
		m.crowd.put(message)
	}
}

func (m *Member) wake() {
	select {
	case m.kick <- struct{}{}:
	default: // it is awake already
	}
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
