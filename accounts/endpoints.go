package accounts

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/personal"
)

// endpoints is a Handler that accepts the signed-in user as an argument.
type endpoints struct {
	*Handler
	require func(http.Handler) http.Handler // the gate that it is behind; nil if that is not known
	came    *http.Request                   // the request in front of the gate; only for a stream
}

var _ personal.Handler = endpoints{}

// visit is what an endpoint is told of a request. None is served without a user.
type visit struct {
	user  *identity.User
	id    string // the connection's, from the path; empty: the only one
	model string // in view/{model}

	require func(http.Handler) http.Handler // as in endpoints
	came    *http.Request
}

// Begin implements [personal.Handler].
func (endpoints) Begin(ctx context.Context) string { return personal.Unmarked(ctx) }

// ServeUser implements [personal.Handler].
func (e endpoints) ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User, _ string) {
	if asset := e.assets[r.URL.Path]; asset != nil {
		asset.ServeHTTP(w, r)
		return
	}
	at, id, model := splitPath(r.URL.Path)
	route, ok := routes[at]
	if !ok || (id != "" && !route.each) || (at == "/view/" && model == "") {
		e.refuseNothing(w, r, at)
		return
	}
	if route.page {
		r = r.WithContext(identity.NewContext(r.Context(), u)) // the page says as whom one is signed in
	}
	serve, v := route.methods[r.Method], visit{user: u, id: id, model: model, require: e.require, came: e.came}
	switch {
	case serve == nil && route.page:
		page, _ := e.page(r)
		e.pages.RefuseMethod(w, r, page, route.allowed()...)
	case serve == nil:
		answer.MethodNotAllowed(w, route.allowed()...)
	case u.SignedIn():
		serve(e.Handler, w, r, v)
	case route.page:
		e.refusePage(w, r, connect.ErrNotSignedIn)
	default:
		e.refuse(w, r, v, connect.ErrNotSignedIn)
	}
}

// allowed are the methods that the route answers, but for HEAD.
func (rt route) allowed() []string {
	return slices.DeleteFunc([]string{http.MethodGet, http.MethodPost, http.MethodDelete},
		func(m string) bool { return rt.methods[m] == nil })
}
