package member

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/vault"
)

const (
	hintPrefix  = "hint " // no name of a key has a space
	hintPurpose = "hint"
	hintVersion = 1

	mostQueued    = 100  // hints that are not sent yet; more are dropped
	mostHeard     = 1000 // hints that are remembered, so that a copy does not count
	longestHint   = 4096 // bytes of a message
	hintIsTooLate = 5 * time.Second
)

// hints are messages between the members that may be lost: each only makes something known sooner. They are sealed, since a
// user of Redis that may publish is not necessarily a member.
type hints struct {
	queue chan string

	mu        sync.Mutex // guards what follows
	functions map[int]listener
	next      int
	heard     map[string]bool
}

type listener struct {
	topic string
	f     func(text string)
}

// A hint is a message before it is sealed. A later version of this program may add fields without another V.
type hint struct {
	V     int
	ID    string
	Topic string
	Text  string
}

func (h *hints) init() {
	h.queue, h.functions, h.heard = make(chan string, mostQueued), make(map[int]listener), make(map[string]bool)
}

// Hint sends a text to all members, without waiting.
func (m *Member) Hint(topic, text string) {
	sealed, err := json.Marshal(hint{hintVersion, rand.Text(), topic, text})
	if err != nil {
		panic(err) // never: it has texts and a number only
	}
	select {
	case m.hints.queue <- hintPrefix + m.cfg.Keys.Seal(hintPurpose, sealed):
	default: // the next one will do
	}
}

// OnHint has f called with the texts of a topic, one after the other. Call stop when f is not needed any more.
func (m *Member) OnHint(topic string, f func(text string)) (stop func()) {
	h := &m.hints
	h.mu.Lock()
	defer h.mu.Unlock()
	id := h.next
	h.next++
	h.functions[id] = listener{topic, f}
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.functions, id)
	}
}

// send publishes hints. Without the right to do so they are lost.
func (m *Member) send(ctx context.Context) {
	for {
		select {
		case message := <-m.hints.queue:
			call, cancel := context.WithTimeout(ctx, hintIsTooLate)
			_, _ = m.cfg.Conn.Do(call, func(b rueidis.Builder) rueidis.Completed {
				return b.Publish().Channel(m.cfg.Space.Channel()).Message(message).Build()
			})
			cancel()
		case <-ctx.Done():
			return
		}
	}
}

// hearHint calls the functions of the hint in a message.
func (m *Member) hearHint(message string) {
	told, ok := openHint(m.cfg.Keys, message)
	if !ok {
		return
	}
	for _, f := range m.hints.take(told) {
		m.callHint(f, told.Text)
	}
}

func openHint(k *vault.Keys, message string) (told hint, ok bool) {
	if len(message) > longestHint {
		return hint{}, false
	}
	text, err := k.Open(hintPurpose, strings.TrimPrefix(message, hintPrefix))
	if err != nil || json.Unmarshal(text, &told) != nil {
		return hint{}, false
	}
	return told, told.V == hintVersion && told.ID != ""
}

// take returns the functions to call, none for a copy.
func (h *hints) take(told hint) []func(string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.heard[told.ID] {
		return nil
	}
	if len(h.heard) >= mostHeard {
		clear(h.heard)
	}
	h.heard[told.ID] = true
	var all []func(string)
	for _, l := range h.functions {
		if l.topic == told.Topic {
			all = append(all, l.f)
		}
	}
	return all
}

// callHint keeps a panic of a function from ending the process.
func (m *Member) callHint(f func(string), text string) {
	defer func() {
		if recover() != nil { // the value may have a secret in it
			m.cfg.Logger.Error("panic recovered", slog.String("in", "a function of OnHint"), slog.String("stack", string(debug.Stack())))
		}
	}()
	f(text)
}
