package audit

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/budget"
)

// Refusals cost whoever causes them nothing. So of each kind at most these are written, in all and of one user or
// client, and the others are counted.
const (
	refusalsAtOnce = 1000
	refusalsEach   = 10 // a second
	ownAtOnce      = 100
	ownEvery       = time.Second
)

var refusals = []event.Kind{
	event.SignInRefused, event.RequestRefused, event.TokenDenied, event.TokenWithheld, event.ConnectRefused, event.WebhookRefused,
}

// noise bounds the refusals that are written.
type noise struct {
	mu      sync.Mutex
	limits  map[event.Kind]*rate.Limiter
	own     *budget.Budget
	leftOut map[event.Kind]int
}

func newNoise(now func() time.Time) *noise {
	n := &noise{own: budget.New(ownAtOnce, ownEvery, now), limits: make(map[event.Kind]*rate.Limiter), leftOut: make(map[event.Kind]int)}
	for _, kind := range refusals {
		n.limits[kind] = rate.NewLimiter(refusalsEach, refusalsAtOnce)
	}
	return n
}

// passes reports whether an event is to be written.
func (n *noise) passes(e *event.Event, now time.Time) bool {
	limit, refusal := n.limits[e.Kind]
	if !refusal {
		return true
	}
	by := cmp.Or(e.User, budget.Address(e.Request.Client))
	if n.own.Spend(string(e.Kind)+" "+by) == 0 && limit.AllowN(now, 1) {
		return true
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leftOut[e.Kind]++
	return false
}

// take returns records of what was left out since the last call.
func (n *noise) take(now time.Time) (records []Record) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for kind, count := range n.leftOut {
		r := own(now, RefusalsLeftOut)
		r.Reason, r.Count = string(kind), count
		records = append(records, r)
	}
	clear(n.leftOut)
	slices.SortFunc(records, func(a, b Record) int { return cmp.Compare(a.Reason, b.Reason) })
	return records
}
