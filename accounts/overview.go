package accounts

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/pages"
)

// nameTime is how long a page waits for the name of its space.
const nameTime = 3 * time.Second

// overview is the page that does it all. ?connection=ID asks to connect that one again.
func (h *Handler) overview(w http.ResponseWriter, r *http.Request, v visit) {
	list, err := h.connections.List(event.Context(r), v.user)
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	page, data := h.page(r)
	data.Accounts, data.Another = h.language(r).accounts(list), len(list) > 0
	h.language(r).fillForm(data, "", accountWith(data.Accounts, r.URL.Query().Get("connection")), "")
	app := h.connections.App()
	page.FrameURL, page.FormURL = app.SelectorURL(), app.AuthorizePage()
	h.pages.Show(w, r, http.StatusOK, "connect.html", page)
}

// explain is the page that a popup begins with: ?label=TEXT fills in the form, and ?origin= names the page
// that opened it, if that is of an allowed origin.
func (h *Handler) explain(w http.ResponseWriter, r *http.Request, v visit) {
	list, err := h.connections.List(event.Context(r), v.user) // refuses a user who may not connect anything
	again := accountWith(h.language(r).accounts(list), v.id)
	if err == nil && v.id != "" && again == nil {
		err = connect.ErrNotConnected
	}
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	h.beginPage(w, r, again, len(list) > 0)
}

// accountWith returns the account with that ID, or nil.
func accountWith(all []Account, id string) *Account {
	for i := range all {
		if all[i].ID == id {
			return &all[i]
		}
	}
	return nil
}

// arrive is where <pme-space> sends a popup when it gets no token. The user is signed in here; what may be
// missing is the connection.
func (h *Handler) arrive(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := h.connections.Find(event.Context(r), v.user, v.id)
	switch {
	case errors.Is(err, connect.ErrNotConnected):
		h.beginPage(w, r, nil, false)
	case err == nil && found.Reconnect:
		h.explain(w, r, visit{user: v.user, id: found.ID})
	case err == nil, errors.Is(err, connect.ErrSeveral):
		page, _ := h.page(r)
		page.Title = page.Words.SignedIn
		h.pages.Show(w, r, http.StatusOK, "signed-in.html", page)
	default:
		h.refusePage(w, r, err)
	}
}

func (h *Handler) beginPage(w http.ResponseWriter, r *http.Request, again *Account, another bool) {
	page, data := h.page(r)
	data.Another = another
	h.language(r).fillForm(data, page.Base, again, r.URL.Query().Get("label"))
	page.FormURL = h.connections.App().AuthorizePage()
	h.pages.Show(w, r, http.StatusOK, "connect-begin.html", page)
}

// space is the page of one space of a connected account. If its name is not available just now, or the
// account has to be connected again, the page is shown all the same: the element says so, and waits.
func (h *Handler) space(w http.ResponseWriter, r *http.Request, v visit) {
	ctx, cancel := context.WithTimeout(r.Context(), nameTime)
	defer cancel()
	model, err := h.connections.Model(ctx, v.user, v.id, v.model)
	for _, final := range []error{
		connect.ErrModelNotFound, connect.ErrNotConnected, connect.ErrSeveral, connect.ErrDenied, connect.ErrInvalid,
	} {
		if errors.Is(err, final) {
			h.refusePage(w, r, err)
			return
		}
	}
	page, _ := h.page(r)
	page.Title = v.model
	if err == nil {
		page.Title = cmp.Or(model.Name, v.model)
	}
	page.Space = &pages.Space{Model: v.model, Name: page.Title, Endpoint: "../"}
	h.pages.Show(w, r, http.StatusOK, "view.html", page)
}
