package handler

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
)

// nameTime is how long a page waits for the name of its space.
const nameTime = 3 * time.Second

// ConnectPage is what the pages of connected accounts show.
type ConnectPage struct {
	Connections []ConnectedAccount // in connect-done.html the one that was connected
	Form        ConnectForm
	Said        string // what the script may have to say, in JSON
}

// ConnectedAccount is a connection.
type ConnectedAccount struct {
	ID, Name             string
	Connected, Refreshed time.Time // Refreshed is zero before the first time
	Scopes               []ScopeText
	Reconnect            bool // it has to be connected again
}

// ConnectForm is the form that begins an attempt, with what has to be said before.
type ConnectForm struct {
	Action  string
	Account string // the name of what is to be connected again; empty: a new connection
	Label   string // what it holds already
	Scopes  []ScopeText
	Charged bool // something of it can cost money
}

// connectPage is what every page of c is filled with.
func (c *Connect) connectPage(r *http.Request) Page {
	data := c.page(upTo(r))
	data.HomeName = c.cfg.Strings.Connect.Title
	return data
}

func (c *Connect) account(one connect.Connection) ConnectedAccount {
	return ConnectedAccount{
		ID: one.ID, Name: cmp.Or(one.Label, c.cfg.Strings.Connect.Account), Connected: toSecond(one.Connected),
		Refreshed: toSecond(one.Refreshed), Scopes: c.cfg.Strings.Connect.scopes(one.Scopes), Reconnect: one.Reconnect,
	}
}

// form is one for that connection, or for a new one. base leads to the page.
func (c *Connect) form(base string, again *connect.Connection, label string) ConnectForm {
	f := ConnectForm{Action: cmp.Or(base, "./"), Label: shortened(label), Scopes: c.scopes}
	for _, s := range c.scopes {
		f.Charged = f.Charged || s.Charged
	}
	if again != nil {
		f.Action = base + again.ID
		f.Account = c.account(*again).Name
	}
	return f
}

func shortened(label string) string {
	if text := []rune(label); len(text) > 100 {
		return string(text[:100])
	}
	return label
}

// overview is the page that does it all. ?connection=ID asks to connect that one again.
func (c *Connect) overview(w http.ResponseWriter, r *http.Request, v visit) {
	list, err := c.connections.List(r.Context(), v.user)
	if err != nil {
		c.failConnect(w, r, err)
		return
	}
	data := c.connectPage(r)
	data.Connect = &ConnectPage{Said: c.said}
	var again *connect.Connection
	wanted := r.URL.Query().Get("connection")
	for _, one := range list {
		data.Connect.Connections = append(data.Connect.Connections, c.account(one))
		if one.ID == wanted {
			again = &one
		}
	}
	data.Connect.Form = c.form("", again, "")
	data.needs.frame, data.needs.form = origin(c.selector), c.authorize
	c.show(w, r, http.StatusOK, "connect.html", data)
}

// explain is the page that a popup begins with: ?label=TEXT fills in the form, and ?origin= names the page
// that opened it, if it is an allowed one's.
func (c *Connect) explain(w http.ResponseWriter, r *http.Request, v visit) {
	var again *connect.Connection
	var err error
	if v.id == "" {
		_, err = c.connections.List(r.Context(), v.user) // refuses whoever may not connect anything
	} else {
		var found connect.Connection
		found, err = c.connections.Find(r.Context(), v.user, v.id)
		again = &found
	}
	if err != nil {
		c.failConnect(w, r, err)
		return
	}
	c.beginPage(w, r, again)
}

// arrive is where <pme-space> sends a popup when it gets no token. Whoever comes here is signed in; what
// may be missing is the connection.
func (c *Connect) arrive(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := c.connections.Find(r.Context(), v.user, v.id)
	switch {
	case errors.Is(err, connect.ErrNotConnected):
		c.beginPage(w, r, nil)
	case err == nil && found.Reconnect:
		c.beginPage(w, r, &found)
	case err == nil, errors.Is(err, connect.ErrSeveral):
		c.signedIn(w, r, c.connectPage(r))
	default:
		c.failConnect(w, r, err)
	}
}

func (c *Connect) beginPage(w http.ResponseWriter, r *http.Request, again *connect.Connection) {
	data := c.connectPage(r)
	data.Origin = c.opener(r)
	data.Connect = &ConnectPage{Form: c.form(data.Base, again, r.URL.Query().Get("label")), Said: c.said}
	data.needs.form = c.authorize
	c.show(w, r, http.StatusOK, "connect-begin.html", data)
}

// space is the page of one space of a connected account. That its name cannot be had just now, or the
// account has to be connected again, is no reason not to show it: the element says so, and waits.
func (c *Connect) space(w http.ResponseWriter, r *http.Request, v visit) {
	ctx, cancel := context.WithTimeout(r.Context(), nameTime)
	defer cancel()
	model, err := c.connections.Model(ctx, v.user, v.id, v.model)
	for _, final := range []error{
		connect.ErrModelNotFound, connect.ErrNotConnected, connect.ErrSeveral, connect.ErrDenied, connect.ErrInvalid,
	} {
		if errors.Is(err, final) {
			c.failConnect(w, r, err)
			return
		}
	}
	name := v.model
	if err == nil {
		name = cmp.Or(model.Name, name)
	}
	c.view(w, r, c.connectPage(r), v.model, name, "../")
}
