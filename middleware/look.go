package middleware

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/pages"
)

// look is how the pages look by which a gate refuses people.
type look struct{ given atomic.Pointer[pages.Pages] }

// plain is the look of a gate that stands alone.
var plain = sync.OnceValue(func() *pages.Pages {
	p, _ := pages.New(pages.Config{}) // the zero value is valid
	return p
})

// pages returns the application's pages, or the built-in ones.
func (l *look) pages() *pages.Pages {
	if l != nil {
		if p := l.given.Load(); p != nil {
			return p
		}
	}
	return plain()
}

// refuse answers a person with a page, and all others in JSON. The page links to the login at signIn, if
// that is not empty.
func (l *look) refuse(w http.ResponseWriter, r *http.Request, out answer.Refusal, signIn string, extra ...answer.Member) {
	if !answer.WantsPage(r) {
		out.Write(w, extra...)
		return
	}
	p := l.pages()
	page := p.Standalone(r)
	page.SignIn = signIn
	p.Refuse(w, r, out, page)
}

// UsePages makes the gate refuse people with pages of this look, in place of the built-in one. Only the first
// call has an effect, so that the application's own choice stands. Package pme calls it with the pages of its
// Config.
func (g *Gate) UsePages(p *pages.Pages) {
	if p != nil {
		g.refusal.look.given.CompareAndSwap(nil, p)
	}
	if s, ok := g.recognizer.(PageShower); ok {
		s.UsePages(p)
	}
}

// Pages returns the look of the gate's pages, for a login's own endpoints, which should look like it.
func (g *Gate) Pages() *pages.Pages { return g.refusal.look.pages() }

// SignOutURL implements [SignOutLinker]. It is empty if the Recognizer does not know the page.
func (g *Gate) SignOutURL() string {
	if s, ok := g.recognizer.(SignOutLinker); ok {
		return s.SignOutURL()
	}
	return ""
}

// AgainParam is the query parameter that tells a login that the user is signed in and has to prove anew who they are:
// see [Gate.LoginAgainURL].
const AgainParam = "again"

// LoginAgainURL implements [LoginLinker]: it is Config.LoginURL with the way back and [AgainParam], whose value is 1. A login of the
// host's own should then ask for the password even if the user is signed in, and set identity.User.AuthenticatedAt. One of
// package oidclogin has the provider do so.
func (g *Gate) LoginAgainURL(r *http.Request) string {
	if g.refusal.login == nil {
		return ""
	}
	address := g.refusal.loginAndBack(r)
	if strings.Contains(address, "?") {
		return address + "&" + AgainParam + "=1"
	}
	return address + "?" + AgainParam + "=1"
}
