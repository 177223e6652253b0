package handler

import (
	"cmp"
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
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

// status says what the person has connected, or of one connection how it is. A person who opens the
// address is sent to the page.
func (c *Connect) status(w http.ResponseWriter, r *http.Request, v visit) {
	w.Header().Add("Vary", "Sec-Fetch-Mode, Accept")
	if navigated(r) {
		seeOther(w, cmp.Or(upTo(r), "./"))
		return
	}
	if v.id != "" {
		found, err := c.connections.Find(r.Context(), v.user, v.id)
		if err != nil {
			c.refuse(w, r, v, err)
			return
		}
		writeValue(w, newConnectionAnswer(found))
		return
	}
	list, err := c.connections.List(r.Context(), v.user)
	if err != nil {
		c.refuse(w, r, v, err)
		return
	}
	out := statusAnswer{Connections: []connectionAnswer{}, Scopes: c.scopesAnswer()}
	for _, one := range list {
		out.Connections = append(out.Connections, newConnectionAnswer(one))
	}
	writeValue(w, out)
}

func newConnectionAnswer(c connect.Connection) connectionAnswer {
	return connectionAnswer{
		ID: c.ID, Label: c.Label, Scopes: append([]matterport.Scope{}, c.Scopes...), // never null
		Connected: toSecond(c.Connected), Refreshed: toSecond(c.Refreshed), Reconnect: c.Reconnect,
	}
}

func toSecond(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

func (c *Connect) scopesAnswer() []scopeAnswer {
	out := []scopeAnswer{}
	for _, s := range c.scopes {
		out = append(out, scopeAnswer(s))
	}
	return out
}

// forget forgets a connection, if the request repeats its ID: it cannot be taken back.
func (c *Connect) forget(w http.ResponseWriter, r *http.Request, v visit) {
	confirmed := r.URL.Query().Get("confirm")
	var err error
	switch {
	case c.sameOrigin.Check(r) != nil:
		err = connect.ErrDenied
	case !connectionID(confirmed) || (v.id != "" && v.id != confirmed):
		err = errUnconfirmed
	default:
		err = c.connections.Delete(r.Context(), v.user, confirmed)
	}
	if err != nil {
		c.refuse(w, r, v, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}
