package handler

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

// Settings answers GET with what the browser module has to know:
//
//	{"showcase":"https://my.matterport.com","sdk":"https://static.matterport.com/…","sdk_key":"…","watch":true,"viewer":"…"}
//
// watch says that there is a [Watch] beside this endpoint, by the name watch. sdk_key is empty if there is no SDK key. viewer is opaque: two tabs of a browser may share a token if
// it is the same for both. It changes with the user, with the sign-in if the host tells sign-ins apart,
// and whenever iss has revoked a token of the user, so that no tab is handed a revoked token.
func Settings(iss *issuer.Issuer, p *pages.Pages) http.Handler {
	process := rand.Text()
	return forPerson(http.MethodGet, func(w http.ResponseWriter, _ *http.Request, u *identity.User) {
		p.WriteSettings(w, "", true, process, u.ID, u.Session, strconv.FormatUint(revocations.Of(iss, u.ID), 10))
	})
}
