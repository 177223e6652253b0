package resolve

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/rescue"
)

// second is how long after a look that misses models another one follows.
const second = 30 * time.Second

// The conditions for health. Unauthenticated probes show them.
const (
	healthLook    = health.Degraded("the spaces of the allow-list cannot be looked up, the last good answer is in force")
	healthFolders = health.Degraded("Matterport does not tell the folders that the allow-list names")
)

// parts is embedded under a name that is not exported, and has no exported methods.
type parts = condition.Parts

var _ condition.Reporting = (*Resolver)(nil)

// A Resolver looks up the selectors of a policy, and puts what it finds in force. Make one with [New].
type Resolver struct {
	cfg    Config
	policy access.Selecting
	now    func() time.Time

	ctx     context.Context // of its looks; ends with Close
	end     context.CancelFunc
	changed chan struct{} // the policy may have new selectors
	done    chan struct{}
	unwatch func()
	once    sync.Once

	parts // for health; the root package reads them
	well  condition.Condition

	// These belong to the goroutine of run, once it has begun.
	last     selector.Resolution
	found    *finding // of the last good look
	suspects suspects
	looking  string // the kind of error of the last look that was logged; "" if it was good
	refused  bool   // folders, by the last look
}

// New reads what the file has kept, puts it in force, and begins to look. It does not wait for Matterport, and does not
// fail because of the file. The error names everything that is wrong with cfg.
func New(cfg Config) (*Resolver, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(context.Background())
	r := &Resolver{
		cfg: cfg, policy: cfg.Policy.(access.Selecting), now: time.Now, ctx: ctx, end: end,
		changed: make(chan struct{}, 1), done: make(chan struct{}), unwatch: func() {},
	}
	condition.Add(&r.parts, r.well.Part("policy"))
	r.last = r.restore(r.selectors())
	r.policy.Resolve(r.last)
	if w, ok := cfg.Policy.(access.Watcher); ok {
		r.unwatch = w.Watch(r.notice)
	}
	go r.run()
	return r, nil
}

// Close ends the looks. What was found last stays in force. It can be called more than once; the error is always nil.
func (r *Resolver) Close() error {
	r.once.Do(func() {
		r.unwatch()
		r.end()
	})
	<-r.done
	return nil
}

// notice is called when the policy has changed, also by what was found.
func (r *Resolver) notice() {
	select {
	case r.changed <- struct{}{}:
	default: // it has not been seen yet
	}
}

func (r *Resolver) selectors() []selector.Selector {
	selectors := r.policy.Selectors()
	slices.SortFunc(selectors, func(a, b selector.Selector) int { return strings.Compare(a.String(), b.String()) })
	return selectors
}

// run looks at once, then once per interval, and when the policy has new selectors.
func (r *Resolver) run() {
	defer close(r.done)
	next := time.After(0)
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-r.changed:
			rescue.Call(r.cfg.Logger, "a change of the selectors", func() {
				if r.adopt() {
					next = time.After(0)
				}
			})
		case <-next:
			next = time.After(r.cfg.Every) // also if the look panics
			rescue.Call(r.cfg.Logger, "a look at the account", func() { next = time.After(r.cycle()) })
		}
	}
}
