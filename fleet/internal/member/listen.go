package member

import (
	"context"
	"strings"
	"time"

	"github.com/redis/rueidis"
)

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
