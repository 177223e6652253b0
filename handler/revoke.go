package handler

import (
	"net/http"
	"strconv"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// Revoke answers POST: it revokes the user's own tokens, or with ?modelId=ID those for the models named,
// and ends the tours they are used in. If the host tells sign-ins apart (identity.User has a Session),
// it revokes only those of this sign-in. It answers
//
//	{"revoked":2,"pending":0}
//
// where pending counts the tokens whose deletion Matterport has not yet confirmed; the issuer goes on
// trying. A request from another site's page is refused (by Sec-Fetch-Site and Origin). Behind a proxy that
// rewrites Host, see BehindProxy of package middleware.
//
// A user who is still signed in and allowed gets a new token.
func Revoke(iss *issuer.Issuer) http.Handler {
	origins := sameorigin.New("")
	return forPerson(http.MethodPost, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		if err := origins.Check(r); err != nil {
			sameorigin.Report(event.Context(r), iss, u.ID, err)
			refuse(w, err)
			return
		}
		own, err := ownTokens(u, r.URL.RawQuery)
		if err != nil {
			refuseModels(w, r, err)
			return
		}
		ctx := event.WithCause(event.Context(r), event.Cause{Reason: "own"})
		var sum issuer.Revocation
		for _, s := range own {
			done, err := iss.Revoke(ctx, s)
			if err != nil {
				refuse(w, err)
				return
			}
			sum.Tokens += done.Tokens
			sum.Pending += done.Pending
		}
		answer.Body(w, func(b []byte) []byte {
			b = strconv.AppendInt(append(b, `{"revoked":`...), int64(sum.Tokens), 10)
			b = strconv.AppendInt(append(b, `,"pending":`...), int64(sum.Pending), 10)
			return append(b, "}\n"...)
		})
	})
}

// maxRevoked bounds the models that one request may name.
const maxRevoked = 100

func ownTokens(u *identity.User, query string) ([]store.Selector, error) {
	own := store.Selector{User: u.ID, Session: u.Session}
	models, err := answer.ModelIDs(nil, query)
	if err != nil {
		return nil, issuer.ErrInvalid
	}
	if len(models) == 0 {
		return []store.Selector{own}, nil
	}
	key, err := issuer.KeyOf(u, models, maxRevoked)
	if err != nil {
		return nil, err
	}
	var out []store.Selector
	for _, id := range key.List() {
		out = append(out, store.Selector{User: own.User, Session: own.Session, Model: id})
	}
	return out, nil
}
