package handler

import (
	"context"
	"net/http"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/personal"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// Begin marks each request before next decides who sent it: see [issuer.Issuer.Begin]. If a gate of package
// middleware stands directly before [Token] or [Link], it does so by itself. Put Begin before everything else
// that decides it:
//
//	mux.Handle("GET /token", handler.Begin(iss)(hostLogin(gate.Require(handler.Token(iss)))))
func Begin(iss *issuer.Issuer) func(next http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(iss.Begin(r.Context())))
		})
	}
}

// forToken makes an endpoint that answers GET with a token for at most so many models; 0 leaves their number
// to the issuer.
func forToken(iss *issuer.Issuer, most int, write func(http.ResponseWriter, issuer.Token)) personal.Handler {
	return person{
		method: http.MethodGet,
		begin:  func(ctx context.Context) string { return string(iss.Mark(ctx)) },
		serve: func(w http.ResponseWriter, r *http.Request, u *identity.User, mark string) {
			t, err := issue(iss, r, u, store.Mark(mark), most)
			if err != nil {
				refuseModels(w, r, err)
				return
			}
			write(w, t)
		},
	}
}

// issue is the only call that this package makes for a token.
func issue(iss *issuer.Issuer, r *http.Request, u *identity.User, mark store.Mark, most int) (issuer.Token, error) {
	var room [4]string
	models, err := answer.ModelIDs(room[:0], r.URL.RawQuery)
	if err != nil || (most > 0 && len(models) > most) {
		return issuer.Token{}, issuer.ErrInvalid
	}
	return iss.IssueSince(event.Context(r), mark, u, models...)
}
