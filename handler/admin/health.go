package admin

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
)

// A state is how the application is.
type state struct {
	Status string     `json:"status"`
	Parts  []partWith `json:"parts"`
}

type partWith struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// Well reports whether the part is.
func (p partWith) Well() bool { return p.State == "ok" }

// health shows what the probe readyz says, which calls nothing more often than a probe may.
func (a *Admin) health(w http.ResponseWriter, r *http.Request, u *identity.User) {
	out, ok := a.ready(r)
	if !ok {
		a.refuse(w, r, unavailable)
		return
	}
	a.acted(r, u, event.Event{Reason: "see_health"})
	a.show(w, r, "health", "Health", out)
}

func (a *Admin) ready(r *http.Request) (out state, ok bool) {
	probe, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "/readyz", nil)
	if err != nil {
		return state{}, false
	}
	recorded := &recorder{header: make(http.Header)}
	a.cfg.Health.ServeHTTP(recorded, probe)
	var said struct {
		Status string
		Parts  map[string]string
	}
	if json.Unmarshal(recorded.body.Bytes(), &said) != nil {
		return state{}, false
	}
	out = state{Status: said.Status, Parts: []partWith{}}
	for name, words := range said.Parts {
		out.Parts = append(out.Parts, partWith{name, words})
	}
	slices.SortFunc(out.Parts, func(a, b partWith) int { return cmp.Compare(a.Name, b.Name) })
	return out, true
}

// A recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header            { return r.header }
func (r *recorder) WriteHeader(int)                {}
func (r *recorder) Write(data []byte) (int, error) { return r.body.Write(data) }
