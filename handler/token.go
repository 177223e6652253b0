package handler

import (
	"net/http"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

// Token answers GET ?modelId=ID with
//
//	{"access_token":"…","token_type":"Bearer","expires_in":540}
//
// which is what createTokenRefresher of the Showcase SDK wants: a bare token, and the whole seconds it
// has left as a number, always more than 60. Repeat modelId for one token that opens several models.
// Other parameters are ignored.
func Token(iss *issuer.Issuer) http.Handler {
	return forPerson(http.MethodGet, func(w http.ResponseWriter, r *http.Request, u *identity.User) {
		t, err := issue(iss, r, u, 0)
		if err != nil {
			refuse(w, err)
			return
		}
		answer.Token(w, string(t.AccessToken), t.ExpiresIn)
	})
}

// issue is the only call that this package makes for a token. A limit of 0 leaves the number of models
// to the issuer.
func issue(iss *issuer.Issuer, r *http.Request, u *identity.User, limit int) (issuer.Token, error) {
	var room [4]string
	models, err := answer.ModelIDs(room[:0], r.URL.RawQuery)
	if err != nil || (limit > 0 && len(models) > limit) {
		return issuer.Token{}, issuer.ErrInvalid
	}
	return iss.Issue(event.Context(r), u, models...)
}
