package accounts

import (
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
)

// maxForm bounds the forms of the pages, in bytes.
const maxForm = 8 << 10

type beginAnswer struct {
	AuthorizeURL string        `json:"authorize_url"`
	ExpiresIn    int           `json:"expires_in"`
	Scopes       []scopeAnswer `json:"scopes"`
}

// begin begins an attempt. A form of a page has said before what is asked for; a script is told now, and
// has to say it before it sends the user to authorize_url.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request, v visit) {
	script := answer.WantsJSON(r)
	a, err := h.attempt(w, r, v)
	switch {
	case err != nil && script:
		h.refuse(w, r, v, err)
	case err != nil:
		h.refusePage(w, r, err)
	case script:
		h.keepProof(w, r, a)
		answer.Value(w, beginAnswer{AuthorizeURL: a.AuthorizeURL, ExpiresIn: int(a.Life / time.Second), Scopes: h.language(r).scopesAnswer()})
	default:
		h.keepProof(w, r, a)
		answer.Redirect(w, a.AuthorizeURL, http.StatusSeeOther)
	}
}

// attempt reads the form and begins what it asks for.
func (h *Handler) attempt(w http.ResponseWriter, r *http.Request, v visit) (*connect.Attempt, error) {
	if err := h.readForm(w, r, v); err != nil {
		return nil, err
	}
	return h.connections.Begin(event.Context(r), v.user, connect.Request{Connection: v.id, Label: r.PostForm.Get("label")})
}

// readForm reads the form of a request that changes something: one of another site is refused.
func (h *Handler) readForm(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := h.foreign(r, v); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.ParseForm() != nil {
		return connect.ErrInvalid
	}
	return nil
}
