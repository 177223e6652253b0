package control

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/event"
)

// health says how the process is.
func (s *Server) health(ctx context.Context, _ struct{}) (Health, error) {
	out, err := HealthOf(ctx, s.cfg.Target.PME())
	if err != nil {
		return Health{}, err
	}
	out.Version, out.PID, out.Started = s.cfg.Version, os.Getpid(), s.started
	s.acted(ctx, event.Event{Reason: "see_health"})
	return out, nil
}

// HealthOf says what the probe readyz says, which calls nothing more often than a probe may.
func HealthOf(ctx context.Context, h *pme.Handler) (Health, error) {
	probe, err := http.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil)
	if err != nil {
		return Health{}, errInternal
	}
	answer := &recorder{header: make(http.Header)}
	h.Health().ServeHTTP(answer, probe)
	var said struct {
		Status string
		Parts  map[string]string
	}
	if json.Unmarshal(answer.body.Bytes(), &said) != nil {
		return Health{}, errInternal
	}
	out := Health{Status: said.Status, Parts: []Part{}}
	for name, state := range said.Parts {
		out.Parts = append(out.Parts, Part{name, state})
	}
	slices.SortFunc(out.Parts, func(a, b Part) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// A recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header            { return r.header }
func (r *recorder) WriteHeader(int)                {}
func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }
