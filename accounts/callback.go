package accounts

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/answer"
)

// callback ends an attempt with what Matterport has sent the browser back with. What is in the query ends
// here: it is on no page, and if all is well not in the browser's history either.
func (h *Handler) callback(w http.ResponseWriter, r *http.Request, v visit) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	cb, ok := connect.ReadCallback(query)
	if err != nil || !ok {
		h.look.Logger.LogAttrs(r.Context(), slog.LevelWarn, "callback refused",
			slog.String("user", v.user.ID), slog.String("problem", "it names no attempt, or more than one"))
		h.refusePage(w, r, connect.ErrAttemptOver)
		return
	}
	proof := h.takeProof(w, r, cb.Attempt)
	connected, err := h.connections.Finish(r.Context(), v.user, cb, proof)
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	answer.Redirect(w, "done?connection="+connected.ID, http.StatusSeeOther)
}

// done is where connecting ends: its page wakes up those that wait for it, and closes itself in a popup.
func (h *Handler) done(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := h.connections.Find(r.Context(), v.user, r.URL.Query().Get("connection"))
	if err != nil {
		h.refusePage(w, r, err)
		return
	}
	page, data := h.page(r)
	page.Title = h.words.Connected
	data.Accounts = []Account{h.account(found)}
	h.pages.Show(w, r, http.StatusOK, "connect-done.html", page)
}
