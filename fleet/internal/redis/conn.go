// Package redis is the connection to the store that a fleet shares.
package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/rueidis"
)

// timeout bounds one call.
const timeout = 2 * time.Second

// attempts are made of a call whose connection ends: the client has up to four, and a server that closes idle ones may have closed
// all.
const attempts = 5

// ErrLost means that the store has no fleet: it is empty, or has lost its content. A member that notices begins anew.
var ErrLost = errors.New("fleet: Redis has lost its content")

var errVersion = fmt.Errorf("%w: a later version of this program has changed the format of what is stored: upgrade this one, or give it a Namespace of its own", ErrSetup)

// A Conn is a connection that one goroutine opens, and opens again, by [Conn.Open]. Until it has done so, calls fail at
// once. The other methods are safe for concurrent use.
type Conn struct {
	option  rueidis.ClientOption
	client  atomic.Pointer[rueidis.Client]
	well    atomic.Bool
	closing sync.WaitGroup
}

// New returns a Conn that is not open yet.
func New(option rueidis.ClientOption) *Conn { return &Conn{option: option} }

// Open connects if that has not been done. Afterwards the connection repairs itself.
func (c *Conn) Open() error {
	if c.client.Load() != nil {
		return nil
	}
	client, err := rueidis.NewClient(c.option)
	if err != nil {
		return c.explain(err)
	}
	c.client.Store(&client)
	return nil
}

// Drop ends the connection without waiting for that. The next Open makes one to wherever the address, the Sentinels or the
// cluster lead then.
func (c *Conn) Drop() {
	if client := c.client.Swap(nil); client != nil {
		c.closing.Go((*client).Close)
	}
}

// Close ends the connection.
func (c *Conn) Close() {
	c.Drop()
	c.closing.Wait()
}

// Note says whether the store answers, as whoever calls it regularly has found. While it does not, calls by others fail
// at once instead of waiting in vain.
func (c *Conn) Note(well bool) { c.well.Store(well) }

// Client returns the client for whoever finds out whether the store answers, and nil before Open.
func (c *Conn) Client() rueidis.Client {
	if client := c.client.Load(); client != nil {
		return *client
	}
	return nil
}

// Run runs a script and returns its answer without the first word, which is its verdict. If the connection ends meanwhile, it
// runs the script again: an idle connection may have been closed by the server. So a script that has run has to say the same
// when it is repeated.
func (c *Conn) Run(ctx context.Context, script *rueidis.Lua, keys, args []string) (verdict string, rest []rueidis.RedisMessage, err error) {
	for range attempts {
		if verdict, rest, err = c.RunOnce(ctx, script, keys, args); !isCut(err) {
			break
		}
	}
	return verdict, rest, err
}

// RunOnce is Run for a script that cannot be repeated.
func (c *Conn) RunOnce(ctx context.Context, script *rueidis.Lua, keys, args []string) (verdict string, rest []rueidis.RedisMessage, err error) {
	if !c.well.Load() {
		return "", nil, ErrDown
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return c.exec(ctx, script, keys, args)
}

// RunAnyway is Run for whoever finds out whether the store answers. The context bounds it.
func (c *Conn) RunAnyway(ctx context.Context, script *rueidis.Lua, keys, args []string) (verdict string, rest []rueidis.RedisMessage, err error) {
	for range attempts {
		if verdict, rest, err = c.exec(ctx, script, keys, args); !isCut(err) {
			break
		}
	}
	return verdict, rest, err
}

func (c *Conn) exec(ctx context.Context, script *rueidis.Lua, keys, args []string) (verdict string, rest []rueidis.RedisMessage, err error) {
	client := c.Client()
	if client == nil {
		return "", nil, ErrDown
	}
	list, err := script.Exec(ctx, client, keys, args).ToArray()
	for isMoving(err) && pause(ctx) {
		list, err = script.Exec(ctx, client, keys, args).ToArray()
	}
	if err != nil {
		return "", nil, failed(err)
	}
	if len(list) == 0 {
		return "", nil, errors.New("fleet: Redis answers a script with nothing")
	}
	verdict, err = list[0].ToString()
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("fleet: Redis answers a script with something else: %w", err)
	case verdict == "lost":
		return "", nil, ErrLost
	case verdict == "version":
		return "", nil, errVersion
	}
	return verdict, list[1:], nil
}

// pause waits a moment before another attempt, and reports whether there is time for one.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(10 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

// Do sends one command.
func (c *Conn) Do(ctx context.Context, build func(rueidis.Builder) rueidis.Completed) (rueidis.RedisMessage, error) {
	answers, err := c.DoMulti(ctx, func(b rueidis.Builder) []rueidis.Completed { return []rueidis.Completed{build(b)} })
	if err != nil {
		return rueidis.RedisMessage{}, err
	}
	return answers[0], nil
}

// DoMulti sends several commands at once, and again if the connection ends meanwhile. The first error is that of all; nil is no
// error.
func (c *Conn) DoMulti(ctx context.Context, build func(rueidis.Builder) []rueidis.Completed) (answers []rueidis.RedisMessage, err error) {
	client := c.Client()
	if client == nil || !c.well.Load() {
		return nil, ErrDown
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for range attempts {
		if answers, err = doMulti(ctx, client, build); !isCut(err) {
			break
		}
	}
	return answers, err
}

func doMulti(ctx context.Context, client rueidis.Client, build func(rueidis.Builder) []rueidis.Completed) ([]rueidis.RedisMessage, error) {
	var answers []rueidis.RedisMessage
	for _, result := range client.DoMulti(ctx, build(client.B())...) {
		message, err := result.ToMessage()
		if err != nil && !rueidis.IsRedisNil(err) {
			return nil, failed(err)
		}
		answers = append(answers, message)
	}
	return answers, nil
}

// Replicated waits until n replicas of Redis have all that was written before, or for so long, and returns how many have.
func (c *Conn) Replicated(ctx context.Context, key string, n int, limit time.Duration) (int, error) {
	client := c.Client()
	if client == nil {
		return 0, ErrDown
	}
	ctx, cancel := context.WithTimeout(ctx, limit+timeout)
	defer cancel()
	answers, err := doMulti(ctx, client, func(b rueidis.Builder) []rueidis.Completed {
		return []rueidis.Completed{
			// WAIT waits for the writes of its own connection: for this one, and so for those before.
			b.Hset().Key(key).FieldValue().FieldValue("w", rand.Text()[:8]).Build(),
			b.Wait().Numreplicas(int64(n)).Timeout(limit.Milliseconds()).Build(),
		}
	})
	if err != nil {
		return 0, err
	}
	copies, err := answers[1].AsInt64()
	return int(copies), err //nolint:wrapcheck // it is a number
}

// Strings returns the texts of an answer; nil is the empty text.
func Strings(list []rueidis.RedisMessage) ([]string, error) {
	texts := make([]string, len(list))
	for i := range list {
		text, err := Text(&list[i])
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	return texts, nil
}

// Text returns a text or number of an answer as a text; nil is the empty text.
func Text(m *rueidis.RedisMessage) (string, error) {
	if m.IsNil() {
		return "", nil
	}
	if m.IsInt64() {
		n, err := m.AsInt64()
		return fmt.Sprint(n), err //nolint:wrapcheck // never fails
	}
	text, err := m.ToString()
	if err != nil {
		return "", fmt.Errorf("fleet: Redis answers with something else: %w", err)
	}
	return text, nil
}
