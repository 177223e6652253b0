package handler

import (
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/matterport"
)

// token answers as [Token] does. It opens every space of the account: modelId is not looked at.
func (c *Connect) token(w http.ResponseWriter, r *http.Request, v visit) {
	t, err := c.connections.Token(r.Context(), v.user, v.id)
	if err != nil {
		c.refuse(w, r, v, err)
		return
	}
	writeToken(w, t.AccessToken, t.ExpiresIn)
}

// link answers ?modelId=ID as [Link] does, for a plain iframe. It does not ask Matterport whether there is
// such a space: Showcase says so.
func (c *Connect) link(w http.ResponseWriter, r *http.Request, v visit) {
	var room [2]string
	models, err := modelIDs(room[:0], r.URL.RawQuery)
	if err != nil || len(models) != 1 || !modelid.Valid(models[0]) {
		c.refuse(w, r, v, connect.ErrInvalid)
		return
	}
	t, err := c.connections.Token(r.Context(), v.user, v.id)
	if err != nil {
		c.refuse(w, r, v, err)
		return
	}
	link := c.cfg.Player.ShowcaseURL + "/show?m=" + models[0] + "&auth=" + url.QueryEscape("Bearer "+string(t.AccessToken))
	writeLink(w, matterport.Secret(link), t.ValidUntil, t.ExpiresIn)
}

// settings answers as [Settings] does, with the model selector's address. viewer changes with the person,
// the sign-in, and whenever they connect, connect again or forget an account. Where there is nothing to get
// a token from, it says so: the element then waits until the account is connected.
func (c *Connect) settings(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := c.connections.Find(r.Context(), v.user, v.id)
	if err == nil && found.Reconnect {
		err = connect.ErrReconnect
	}
	var all []connect.Connection
	if err == nil {
		all, err = c.connections.List(r.Context(), v.user)
	}
	if err != nil {
		c.refuse(w, r, v, err)
		return
	}
	parts := []string{v.user.ID, v.user.Session}
	for _, one := range all {
		parts = append(parts, one.ID, one.Connected.UTC().Format(time.RFC3339Nano))
	}
	writeSettings(w, c.cfg.Player, c.selector, viewer(parts...))
}
