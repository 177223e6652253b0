package health

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// checkTime is how long the checks of all parts may take together.
	checkTime = time.Second

	// reportAge is how old a report may be. Probes are not authenticated, so that their number must not
	// decide how often a dependency is called.
	reportAge = time.Second
)

// A report is a finished answer.
type report struct {
	body []byte
	at   time.Time
}

// A reporter makes reports, at most one a second.
type reporter struct {
	ctx    context.Context // of the checks
	checks []*check
	now    func() time.Time

	latest atomic.Pointer[report]
	round  chan struct{} // holds a value during a round of checks
}

func newReporter(ctx context.Context, parts []Part) *reporter {
	r := &reporter{ctx: ctx, now: time.Now, round: make(chan struct{}, 1)}
	for _, p := range parts {
		r.checks = append(r.checks, &check{Part: p})
	}
	return r
}

// report returns a recent report. It takes as long as a round of checks, at most.
func (r *reporter) report() *report {
	if latest := r.recent(); latest != nil {
		return latest
	}
	r.round <- struct{}{}
	defer func() { <-r.round }()
	if latest := r.recent(); latest != nil { // another probe was first
		return latest
	}
	latest := &report{body: render(r.results()), at: r.now()}
	r.latest.Store(latest)
	return latest
}

func (r *reporter) recent() *report {
	if latest := r.latest.Load(); latest != nil && r.now().Sub(latest.at) < reportAge {
		return latest
	}
	return nil
}

// results checks all parts, side by side: one that does not answer must not hide the others. It returns what
// is wrong with the parts, by their names.
func (r *reporter) results() map[string][]Degraded {
	ctx, cancel := context.WithTimeout(r.ctx, checkTime)
	defer cancel()
	begun := make([]<-chan Degraded, len(r.checks))
	for i, c := range r.checks {
		begun[i] = c.begin(ctx)
	}
	results := make(map[string][]Degraded)
	for i, c := range r.checks {
		name := cmp.Or(c.Name, "unnamed")
		results[name] = add(results[name], wait(ctx, begun[i]))
	}
	return results
}

// add keeps each words once: two parts of one name may have the same trouble.
func add(all []Degraded, words Degraded) []Degraded {
	if words == "" || slices.Contains(all, words) {
		return all
	}
	return append(all, words)
}

func render(results map[string][]Degraded) []byte {
	answer := struct {
		Status string            `json:"status"`
		Parts  map[string]string `json:"parts"`
	}{"ok", make(map[string]string, len(results))}
	for name, all := range results {
		answer.Parts[name] = "ok"
		if len(all) > 0 {
			answer.Status = "degraded"
			answer.Parts[name] = "degraded: " + join(all)
		}
	}
	body, err := json.Marshal(answer)
	if err != nil { // cannot happen: every text has a form in JSON
		return statusBody("degraded")
	}
	return append(body, '\n')
}

func join(all []Degraded) string {
	texts := make([]string, len(all))
	for i, words := range all {
		texts[i] = string(words)
	}
	return strings.Join(texts, "; ")
}
