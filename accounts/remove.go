package accounts

import (
	"net/http"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
)

// remove deletes a connection, if the request repeats its ID: it cannot be undone.
func (h *Handler) remove(w http.ResponseWriter, r *http.Request, v visit) {
	confirmed := r.URL.Query().Get("confirm")
	var err error
	switch {
	case h.sameOrigin.Check(r) != nil:
		err = connect.ErrDenied
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
