package accounts

import (
	"net/http"
	"net/url"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
)

// callback ends an attempt with what Matterport has sent the browser back with. What is in the query ends
// here: it is on no page, and if all is well not in the browser's history either. An attempt can be ended once,
// so not by HEAD, which only looks.
func (h *Handler) callback(w http.ResponseWriter, r *http.Request, v visit) {
	if r.Method == http.MethodHead {
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusOK)
		return
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	cb, ok := connect.ReadCallback(query)
	if err != nil || !ok {
		cb = connect.Callback{} // it names no attempt, or more than one: Finish refuses it, and says so
	}
	proof := h.takeProof(w, r, cb.Attempt)
	connected, err := h.connections.Finish(event.Context(r), v.user, cb, proof)
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	answer.Redirect(w, "done?connection="+connected.ID, http.StatusSeeOther)
}

// done is where connecting ends: its page wakes up those that wait for it, and closes itself in a popup.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := h.connections.Find(event.Context(r), v.user, r.URL.Query().Get("connection"))
	var list []connect.Connection
	if err == nil {
		list, err = h.connections.List(event.Context(r), v.user)
	}
	connected := accountWith(h.language(r).accounts(list), found.ID)
	if err == nil && connected == nil {
		err = connect.ErrNotConnected // deleted in between
	}
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	page, data := h.page(r)
	page.Title = data.Words.Connected
	data.Accounts = []Account{*connected}
	h.pages.Show(w, r, http.StatusOK, "connect-done.html", page)
}
