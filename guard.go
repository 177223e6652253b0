package pme

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/middleware"
)

// closed is the answer of all private endpoints after Close.
var closed = answer.Refusal{
	Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable",
	Text: "Spaces are unavailable for the moment. Please try again shortly.", Retry: 5 * time.Second,
}

// A base leads from the address of a request to the mount point.
type base func(r *http.Request) string

func fromName(*http.Request) string { return "" }

func fromView(*http.Request) string { return "../" }

// fromAccounts expects a path from which /connect has been taken off.
func fromAccounts(r *http.Request) string {
	return strings.Repeat("../", strings.Count(r.URL.Path, "/"))
}

// guard puts a handler behind the authenticator, until h is closed.
func (h *Handler) guard(b base) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return h.unlessClosed(b, h.marked(h.authenticate.Require(next)))
	}
}

// unlessClosed passes requests on to next until h is closed.
func (h *Handler) unlessClosed(b base, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.closed.Load() {
			h.refuseClosed(w, r, b(r))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// marked has each request marked before the authenticator decides who sent it, so that a revocation covers
// requests that are past the gate. A gate of package middleware marks them itself, which costs less. A type that
// embeds such a gate may decide something before the gate does, so its requests are marked here.
func (h *Handler) marked(private http.Handler) http.Handler {
	if _, ok := h.authenticate.(*middleware.Gate); ok {
		return private
	}
	return handler.Begin(h.issuer)(private)
}

func (h *Handler) refuseClosed(w http.ResponseWriter, r *http.Request, up string) {
	if answer.WantsPage(r) {
		h.pages.Refuse(w, r, closed, h.pages.Page(r, up))
		return
	}
	closed.Write(w)
}
