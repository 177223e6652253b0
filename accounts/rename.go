package accounts

import (
	"cmp"
	"net/http"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
)

// rename gives a connection the name in the form's label. A script gets the connection; a form of a page leads back to
// the page.
func (h *Handler) rename(w http.ResponseWriter, r *http.Request, v visit) {
	script := answer.WantsJSON(r)
	renamed, err := h.renamed(w, r, v)
	switch {
	case err != nil && script:
		h.refuse(w, r, v, err)
	case err != nil:
		h.refusePage(w, r, err)
	case script:
		answer.Value(w, newConnectionAnswer(renamed))
	default:
		answer.Redirect(w, cmp.Or(upTo(r), "./"), http.StatusSeeOther)
	}
}

// renamed reads the form and does what it asks for. A request without a label does not take the name away.
func (h *Handler) renamed(w http.ResponseWriter, r *http.Request, v visit) (connect.Connection, error) {
	if err := h.readForm(w, r, v); err != nil {
		return connect.Connection{}, err
	}
	labels := r.PostForm["label"]
	if len(labels) != 1 {
		return connect.Connection{}, connect.ErrInvalid
	}
	return h.connections.Rename(event.Context(r), v.user, v.id, labels[0])
}
