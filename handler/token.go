package handler

import (
	"net/http"

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
	return forToken(iss, 0, func(w http.ResponseWriter, t issuer.Token) {
		answer.Token(w, string(t.AccessToken), t.ExpiresIn)
	})
}
