// Package rotation decides which value of a secret is shown to another side, such as the client secret to Matterport,
// while an operator replaces it. The other side knows one value or several, and says of a value only whether it
// accepts it.
package rotation

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/secret"
)

// Config says which secret it is.
type Config struct {
	// Part names the secret in events, such as "matterport client secret".
	Part string

	Source *secret.Source

	// Check says what is wrong with a value, without quoting it. Nil: nothing is.
	Check func(value string) error

	// Events gets an event when the secret changes or is refused. Nil: there are none, as for a secret that the
	// configuration has as a plain value.
	Events *event.Stream

	Now func() time.Time
}

// A Ring has the values of one secret, and remembers how the other side has answered them. It is safe for
// concurrent use.
type Ring struct {
	cfg    Config
	remove func()
	newest condition.Condition

	mu       sync.Mutex
	values   []string           // of the source, when it was last asked
	accepted string             // the value that was accepted last; it is kept though the source has it no longer
	records  map[string]*record // of values that were refused since they were last accepted, and since the source changed
	state    state              // since the source changed
	told     state              // by an event
}

// A record is what is known of a value that was refused.
type record struct {
	refusals int
	until    time.Time     // it is not shown again before
	again    time.Time     // if it is the newest value, it is then shown before the accepted one
	wait     time.Duration // the last one until again
	certain  bool          // it was the value that was refused, and not what it was shown for
}

// A value that was refused three times in a row is shown again after a pause that doubles, from a second to half a
// minute. Three, as a refusal can be a mistake of the other side.
const (
	free       = 3
	firstPause = time.Second
	maxPause   = 30 * time.Second
)

// The other side may come to know a newest value that it has refused. It is shown again after a minute, then after pauses
// that double up to ten.
const (
	firstWait = time.Minute
	maxWait   = 10 * time.Minute
)

// New returns a ring, or what is wrong with the values of the source.
func New(cfg Config) (*Ring, error) {
	r := &Ring{cfg: cfg, records: make(map[string]*record)}
	remove, err := cfg.Source.Register(secret.Consumer{Check: cfg.Check, Changed: r.changed})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what is wrong
	}
	r.remove = remove
	return r, nil
}

// Close ends the telling of changes. The ring can still be used.
func (r *Ring) Close() { r.remove() }

// HealthParts returns the parts of the ring and of its source.
func (r *Ring) HealthParts() []health.Part {
	return append(r.cfg.Source.HealthParts(), r.newest.Part("secrets"))
}

// Values returns all values that could be shown, for those that keep them out of logs.
func (r *Ring) Values() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all()
}

// all returns what Values does. It needs r.mu. When the source has changed, it forgets what was refused before.
func (r *Ring) all() []string {
	if values := r.cfg.Source.Values(); !slices.Equal(values, r.values) {
		r.values, r.state = values, well
		clear(r.records)
	}
	if r.accepted != "" && !slices.Contains(r.values, r.accepted) {
		return append(slices.Clone(r.values), r.accepted)
	}
	return r.values
}

// candidates returns the values that may be shown now, in the order in which they are: those that are newer than the
// accepted one and were never refused or whose turn it is again, the accepted one, all others.
func (r *Ring) candidates() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	values, now := r.all(), r.cfg.Now()
	rank := func(i int, v string) int {
		rec := r.records[v]
		switch {
		case v == r.accepted:
			return 1
		case i < slices.Index(values, r.accepted) && (rec == nil || i == 0 && !rec.again.After(now)):
			return 0
		}
		return 2
	}
	ranks := make(map[string]int, len(values))
	var all []string
	for i, v := range values {
		if rec := r.records[v]; rec != nil && rec.until.Sub(now) > 0 {
			continue
		}
		ranks[v] = rank(i, v)
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b string) int { return ranks[a] - ranks[b] })
	return all
}

// left returns for how long no value is shown, if that is so.
func (r *Ring) left() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	var left time.Duration
	for _, rec := range r.records {
		if d := rec.until.Sub(r.cfg.Now()); d > 0 && (left == 0 || d < left) {
			left = d
		}
	}
	return min(left, maxPause)
}

// look has the source looked at, for a second at most.
func (r *Ring) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r.cfg.Source.Look(ctx)
}
