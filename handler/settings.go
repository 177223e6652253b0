package handler

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

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
	return forPerson(http.MethodGet, func(w http.ResponseWriter, _ *http.Request, u *identity.User) {
		p.WriteSettings(w, "", true, viewer(iss, u)...)
	})
}

// process tells the processes of a fleet apart: each counts revocations for itself.
var process = rand.Text()

// viewer lists all that must be the same for two tabs to share a token.
func viewer(iss *issuer.Issuer, u *identity.User) []string {
	return []string{process, u.ID, u.Session, strconv.FormatUint(revocations.Of(iss, u.ID), 10)}
}

// Head returns what makes a <pme-space> open sooner, for the head of a page in the host's own layout: the browser module, the
// settings that it would have to ask for, and hints for the browser. prefix is where the handler is mounted, such as "/pme/".
//
// models are those of the page's elements, each as in its attribute model. Their tokens are requested before the module has come,
// by a short script in the page. If the page has a Content-Security-Policy, nonce is the one that it allows scripts by; leave it
// empty otherwise. If the policy allows no script in the page, name no models.
//
// The request must have come through the gate. The page must not be cached, as the settings are for its user.
func Head(iss *issuer.Issuer, p *pages.Pages, r *http.Request, prefix, nonce string, models ...string) (template.HTML, error) {
	u, ok := identity.FromContext(r.Context())
	if !ok {
		return "", errNoGate
	}
	return p.Head(r, strings.TrimSuffix(prefix, "/")+"/", nonce, models, viewer(iss, u))
}

// errNoGate is the error of what a page of the host's shows if it is not behind the gate.
var errNoGate = fmt.Errorf("handler: no user in the request's context: put your page's handler behind the gate, by gate.Require: %w", issuer.ErrNotSignedIn)
