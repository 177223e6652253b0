package handler

import (
	"net/http"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

// Link answers GET ?modelId=ID with
//
//	{"link":"https://my.matterport.com/show?m=…","valid_until":"2026-01-02T15:04:05Z","expires_in":540}
//
// for a plain iframe. The link carries its token: Showcase shows the space until the token expires, and
// no longer. A page that uses the SDK must not load the link, as the token in the address wins over those
// that the SDK is given later; use [Token] there.
func Link(iss *issuer.Issuer) http.Handler {
	return forToken(iss, 1, func(w http.ResponseWriter, t issuer.Token) {
		answer.Link(w, string(t.Link), t.ValidUntil, t.ExpiresIn)
	})
}
