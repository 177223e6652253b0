package accounts

import (
	"net/http"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/sameorigin"
)

// remove deletes a connection, if the request repeats its ID: it cannot be undone.
func (h *Handler) remove(w http.ResponseWriter, r *http.Request, v visit) {
	confirmed := r.URL.Query().Get("confirm")
	err := h.foreign(r, v)
	switch {
	case err != nil:
	case !connectionID(confirmed) || (v.id != "" && v.id != confirmed):
		err = errUnconfirmed
	default:
		err = h.connections.Delete(event.Context(r), v.user, confirmed)
	}
	if err != nil {
		h.refuse(w, r, v, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
}

// foreign returns an error if the request seems to come from a page of another site, and tells of it.
func (h *Handler) foreign(r *http.Request, v visit) error {
	err := h.origins.Check(r)
	if err != nil {
		sameorigin.Report(event.Context(r), h.connections, v.user.ID, err)
	}
	return err
}
