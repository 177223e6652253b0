package admin

import (
	"cmp"
	"context"
	"html/template"
	"net/http"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/rescue"
)

// An accounts is the list of the accounts that a user has connected.
type accounts struct {
	User        string       `json:"user"`
	Connections []Connection `json:"connections"`

	Deleted bool   `json:"-"` // one was deleted just now
	Old     bool   `json:"-"` // the sign-in is too old to delete one
	Login   string `json:"-"` // where to sign in first
}

// Shown is the label without what could disguise it, or the ID.
func (c Connection) Shown() string { return cmp.Or(displayname.Clean(c.Label), c.ID) }

// Since is when an account was connected, for the page.
func (c Connection) Since() template.HTML { return moment{c.Connected}.HTML() }

func (a *Admin) connections(w http.ResponseWriter, r *http.Request, u *identity.User) {
	a.showConnections(w, r, u, r.URL.Query().Get("user"), false)
}

func (a *Admin) showConnections(w http.ResponseWriter, r *http.Request, u *identity.User, user string, deleted bool) {
	out := accounts{User: user, Connections: []Connection{}, Deleted: deleted}
	if user == "" && !answer.WantsPage(r) {
		a.refuse(w, r, malformed)
		return
	}
	if user != "" {
		list, err := a.listConnections(r.Context(), user)
		if err != nil {
			a.refuse(w, r, unavailable)
			return
		}
		out.Connections = append(out.Connections, list...)
		a.acted(r, u, event.Event{Reason: "list_connections", User: user, Count: len(list)})
	}
	if a.recent(u, a.now()) != nil {
		out.Old, out.Login = true, a.loginAgain(r)
	}
	a.show(w, r, "connections", "Connected accounts", out)
}

func (a *Admin) listConnections(ctx context.Context, user string) (list []Connection, err error) {
	defer rescue.Into(a.cfg.Logger, "the store of connected accounts", &err)
	return a.cfg.Connections.List(ctx, user)
}

// disconnect deletes a connection.
func (a *Admin) disconnect(w http.ResponseWriter, r *http.Request, u *identity.User) {
	user, id := r.PostForm.Get("user"), r.PostForm.Get("connection")
	if user == "" || id == "" {
		a.refuse(w, r, malformed)
		return
	}
	found, err := a.deleteConnection(r, u, user, id)
	switch {
	case err != nil:
		a.acted(r, u, event.Event{Reason: "delete_connection", User: user, Connection: id, Detail: "it has failed"})
		a.refuse(w, r, incomplete)
		return
	case !found:
		a.refuse(w, r, answer.Nothing)
		return
	}
	a.acted(r, u, event.Event{Reason: "delete_connection", User: user, Connection: id})
	a.showConnections(w, r, u, user, true)
}

func (a *Admin) deleteConnection(r *http.Request, u *identity.User, user, id string) (found bool, err error) {
	ctx, cancel := act(r, u)
	defer cancel()
	defer rescue.Into(a.cfg.Logger, "the store of connected accounts", &err)
	return a.cfg.Connections.Delete(ctx, user, id)
}
