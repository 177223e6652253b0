package accounts

import (
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/modelid"
)

// token answers as handler.Token does. The token opens every space of the account: modelId is ignored.
func (h *Handler) token(w http.ResponseWriter, r *http.Request, v visit) {
	t, err := h.connections.Token(event.Context(r), v.user, v.id)
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	answer.Token(w, string(t.AccessToken), t.ExpiresIn)
}

// link answers ?modelId=ID as handler.Link does, for a plain iframe. It does not ask Matterport whether
// there is such a space: Showcase says so.
func (h *Handler) link(w http.ResponseWriter, r *http.Request, v visit) {
	var room [2]string
	models, err := answer.ModelIDs(room[:0], r.URL.RawQuery)
	if err != nil || len(models) != 1 || !modelid.Valid(models[0]) {
		h.refuse(w, r, v, connect.ErrInvalid)
		return
	}
	t, err := h.connections.Token(event.Context(r), v.user, v.id)
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	link := h.look.ShowcaseURL + "/show?m=" + models[0] + "&auth=" + url.QueryEscape("Bearer "+string(t.AccessToken))
	answer.Link(w, link, t.ValidUntil, t.ExpiresIn)
}

// settings answers as handler.Settings does, with the model selector's address. viewer changes with the
// user, the sign-in, and whenever the user connects, connects again or deletes an account. Without a usable
// connection it refuses: the element then waits until the account is connected.
func (h *Handler) settings(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := h.connections.Find(event.Context(r), v.user, v.id)
	if err == nil && found.Reconnect {
		err = connect.ErrReconnect
	}
	var all []connect.Connection
	if err == nil {
		all, err = h.connections.List(event.Context(r), v.user)
	}
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	parts := []string{v.user.ID, v.user.Session}
	for _, one := range all {
		parts = append(parts, one.ID, one.Connected.UTC().Format(time.RFC3339Nano))
	}
	h.pages.WriteSettings(w, h.connections.App().SelectorURL(), v.require != nil, parts...)
}
