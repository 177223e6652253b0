package accounts

import (
	"cmp"
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/matterport"
)

type statusAnswer struct {
	Connections []connectionAnswer `json:"connections"`
	Scopes      []scopeAnswer      `json:"scopes"`
}

type connectionAnswer struct {
	ID        string             `json:"id"`
	Label     string             `json:"label"`
	Scopes    []matterport.Scope `json:"scopes"`
	Connected time.Time          `json:"connected"`
	Refreshed time.Time          `json:"refreshed,omitzero"`
	Reconnect bool               `json:"reconnect"`
}

type scopeAnswer struct {
	Scope       matterport.Scope `json:"scope"`
	Charged     bool             `json:"charged"`
	Description string           `json:"description"`
}

// status answers with what the user has connected, or with one connection. A person who opens the
// address in the browser is sent to the page.
func (h *Handler) status(w http.ResponseWriter, r *http.Request, v visit) {
	w.Header().Add("Vary", "Sec-Fetch-Mode, Accept")
	if answer.WantsPage(r) {
		answer.Redirect(w, cmp.Or(upTo(r), "./"), http.StatusSeeOther)
		return
	}
	if v.id != "" {
		found, err := h.connections.Find(event.Context(r), v.user, v.id)
		if err != nil {
			h.refuse(w, r, v, err)
			return
		}
		answer.Value(w, newConnectionAnswer(found))
		return
	}
	list, err := h.connections.List(event.Context(r), v.user)
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	out := statusAnswer{Connections: []connectionAnswer{}, Scopes: h.language(r).scopesAnswer()}
	for _, one := range list {
		out.Connections = append(out.Connections, newConnectionAnswer(one))
	}
	answer.Value(w, out)
}

func newConnectionAnswer(c connect.Connection) connectionAnswer {
	return connectionAnswer{
		ID: c.ID, Label: c.Label, Scopes: append([]matterport.Scope{}, c.Scopes...), // never null
		Connected: toSecond(c.Connected), Refreshed: toSecond(c.Refreshed), Reconnect: c.Reconnect,
	}
}

func toSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (l *language) scopesAnswer() []scopeAnswer {
	out := []scopeAnswer{}
	for _, s := range l.scopes {
		out = append(out, scopeAnswer(s))
	}
	return out
}
