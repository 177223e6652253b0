package oidclogin

import (
	"errors"
	"net/http"
	"net/url"
	"path"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/middleware"
)

// signedOut is the page on which signing out ends. It offers to sign in, and to a user who is signed in to sign
// out. To open it changes nothing.
func (e *endpoints) signedOut(w http.ResponseWriter, r *http.Request) {
	u, err := e.Recognize(w, r)
	switch {
	case err == nil:
		r = r.WithContext(identity.NewContext(r.Context(), u))
	case !errors.Is(err, middleware.ErrNotSignedIn):
		e.gate.Refuse(w, r, err)
		return
	}
	p := e.gate.Pages()
	page := p.Standalone(r)
	page.Title = page.Words.SignedOut
	page.SignIn, page.SignOut = loginPath, logoutPath // both are beside it
	if page.User != "" {
		page.Title, page.Leaving = page.Words.SignedIn, true
	}
	p.Show(w, r, http.StatusOK, "signed-out.html", page)
}

// SignOutURL implements [middleware.SignOutLinker].
func (s *sessions) SignOutURL() string { return beside(s.cfg.RedirectURL, signedOutPath) }

// beside returns the local path of an endpoint, by the address of the callback. It is "/" for an address that
// cannot be one.
func beside(redirectURL, endpoint string) string {
	u, err := url.Parse(redirectURL)
	if err != nil || u.Path == "" {
		return "/"
	}
	return (&url.URL{Path: path.Join(path.Dir(u.Path), endpoint)}).String()
}

// show refuses a person with a page, and others in JSON. Both name the login if signIn is not empty.
func (e *endpoints) show(w http.ResponseWriter, r *http.Request, out answer.Refusal, signIn string) {
	if !answer.WantsPage(r) {
		var extra []answer.Member
		if signIn != "" {
			extra = append(extra, answer.Member{Name: "login_url", Value: signIn})
		}
		out.Write(w, extra...)
		return
	}
	p := e.gate.Pages()
	page := p.Standalone(r)
	page.SignIn = signIn
	p.Refuse(w, r, out, page)
}
