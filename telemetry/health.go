package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"go.opentelemetry.io/otel/metric"

	"github.com/go-pme/pme/event"
)

// mostParts bounds the parts that have a series. The rest, the application's own, share one that is called other.
const mostParts = 10

// ownParts are the parts that pme has: see Handler.Health. They come before the application's.
var ownParts = []string{"matterport", "tokens", "policy", "login", "sessions", "keys", "fleet", "connections", "matterport_accounts", "audit"}

// A report is what a health handler says.
type report struct {
	ready bool
	parts map[string]bool // by name, whether it is degraded
}

func (t *Telemetry) observeHealth(ctx context.Context, o metric.Observer) {
	h := t.health.Load()
	if h == nil || *h == nil {
		return
	}
	t.gauges.observe(o, ask(ctx, *h))
}

// ask asks readyz as a probe does, so that the checks run no more often than for probes.
func ask(ctx context.Context, h http.Handler) report {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/readyz", http.NoBody)
	if err != nil { // cannot happen: the address is a constant
		return report{}
	}
	w := &answer{header: make(http.Header), status: http.StatusOK}
	h.ServeHTTP(w, r)
	var body struct {
		Parts map[string]string `json:"parts"`
	}
	if w.status != http.StatusOK || json.Unmarshal(w.body.Bytes(), &body) != nil {
		return report{}
	}
	return report{ready: true, parts: bounded(body.Parts)}
}

// bounded returns which parts are degraded, of at most mostParts names.
func bounded(parts map[string]string) map[string]bool {
	names := make([]string, 0, len(parts))
	for _, own := range ownParts {
		if _, ok := parts[own]; ok {
			names = append(names, own)
		}
	}
	all := names
	for name := range parts {
		if !slices.Contains(ownParts, name) {
			all = append(all, name)
		}
	}
	slices.Sort(all[len(names):])
	out := make(map[string]bool, mostParts)
	for i, name := range all {
		label := name
		if len(all) > mostParts && i >= mostParts-1 {
			label = event.Other
		}
		out[label] = out[label] || parts[name] != "ok"
	}
	return out
}

// An answer is a response that is kept.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
