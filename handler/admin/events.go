package admin

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
)

const (
	eventsAPage = 100
	eventsOf    = 24 * time.Hour
)

// A history is a page of what happened.
type history struct {
	Kept   bool       `json:"kept"` // there is a Recent
	Events []happened `json:"events"`
	cut

	Kinds []string `json:"-"` // that can be searched for
	Kind  string   `json:"-"` // what is searched for
	User  string   `json:"-"`
	Model string   `json:"-"`
}

// A happened is an event as an administrator may know it: a session has a fingerprint in its place.
type happened struct {
	ID         string  `json:"id"`
	At         moment  `json:"time"`
	Kind       string  `json:"kind"`
	User       string  `json:"user,omitempty"`
	By         string  `json:"by,omitempty"`
	Session    string  `json:"session,omitempty"`
	Models     []model `json:"models,omitempty"`
	Connection string  `json:"connection,omitempty"`
	Part       string  `json:"part,omitempty"`
	Policy     string  `json:"policy,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	Detail     string  `json:"detail,omitempty"`
	Count      int     `json:"count,omitempty"`
	Client     string  `json:"client,omitempty"`
	Warning    bool    `json:"warning,omitempty"`
}

func (a *Admin) events(w http.ResponseWriter, r *http.Request, u *identity.User) {
	query := r.URL.Query()
	out := history{Kept: a.cfg.Recent != nil, Kind: words(query, "kind"), User: words(query, "user"), Model: words(query, "model"), Events: []happened{}}
	var found []event.Event
	if out.Kept {
		kinds := make(map[string]bool)
		found = a.cfg.Recent.since(a.now().Add(-eventsOf), func(e event.Event) bool {
			kinds[legible(string(e.Kind))] = true
			return out.wants(e)
		})
		for kind := range kinds {
			out.Kinds = append(out.Kinds, kind)
		}
		slices.Sort(out.Kinds)
	}
	out.cut = cutAt(query, len(found), eventsAPage)
	for _, e := range found[out.from():out.to()] {
		out.Events = append(out.Events, a.told(e))
	}
	a.acted(r, u, event.Event{Reason: "list_events", User: out.User, Count: out.Total})
	a.show(w, r, "events", "Events", out)
}

func (h history) wants(e event.Event) bool {
	return (h.Kind == "" || h.Kind == string(e.Kind)) &&
		(h.User == "" || h.User == e.User || h.User == e.By) &&
		(h.Model == "" || slices.Contains(e.Models, h.Model))
}

func (a *Admin) told(e event.Event) happened {
	out := happened{
		ID: e.ID, At: moment{e.Time}, Kind: legible(string(e.Kind)), User: legible(e.User), By: legible(e.By), Session: fingerprint(e.User, e.Session),
		Connection: legible(e.Connection), Part: legible(e.Part), Policy: e.Policy, Reason: legible(e.Reason), Detail: legible(e.Detail), Count: e.Count,
		Client: e.Request.Client, Warning: e.Level > 0,
	}
	for i, id := range e.Models {
		m := model{ID: legible(id)}
		if i < len(e.Names) {
			m.Name = displayname.Clean(e.Names[i])
		}
		m.Name = cmp.Or(m.Name, a.cfg.Catalog.Name(id))
		out.Models = append(out.Models, m)
	}
	return out
}
