package handler

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/issuer"
)

// visit is what an endpoint is told of a request. None is served without a person.
type visit struct {
	user  *identity.User
	id    string // the connection's, from the path; empty: the only one
	model string // in view/{model}
}

type connectEndpoint func(*Connect, http.ResponseWriter, *http.Request, visit)

type connectRoute struct {
	page     bool // errors are pages, too
	each     bool // it is there for each connection as well
	readable bool // for pages of the allowed origins
	methods  map[string]connectEndpoint
}

func get(e connectEndpoint) map[string]connectEndpoint {
	return map[string]connectEndpoint{http.MethodGet: e, http.MethodHead: e}
}

// connectRoutes are found by what is left of a path without the connection's ID and the model's.
var connectRoutes = map[string]connectRoute{
	"": {each: true, readable: true, methods: map[string]connectEndpoint{
		http.MethodGet: (*Connect).status, http.MethodHead: (*Connect).status,
		http.MethodPost: (*Connect).begin, http.MethodDelete: (*Connect).forget,
	}},
	"/": {page: true, methods: map[string]connectEndpoint{
		http.MethodGet: (*Connect).overview, http.MethodHead: (*Connect).overview,
		http.MethodPost: (*Connect).begin, // so that the page's form need not know what its directory is called
	}},
	// An attempt can be ended once: not by a HEAD, which only looks.
	"/callback":  {page: true, methods: map[string]connectEndpoint{http.MethodGet: (*Connect).callback}},
	"/done":      {page: true, methods: get((*Connect).done)},
	"/begin":     {page: true, each: true, methods: get((*Connect).explain)},
	"/signed-in": {page: true, each: true, methods: get((*Connect).arrive)},
	"/view/":     {page: true, each: true, methods: get((*Connect).space)},
	"/token":     {each: true, readable: true, methods: get((*Connect).token)},
	"/link":      {each: true, readable: true, methods: get((*Connect).link)},
	"/models":    {each: true, readable: true, methods: get((*Connect).models)},
	"/settings":  {each: true, readable: true, methods: get((*Connect).settings)},
}

const connectionIDLength = 26

// splitPath takes the connection's ID and the model's out of a path.
func splitPath(path string) (at, id, model string) {
	if len(path) > connectionIDLength && path[0] == '/' && connectionID(path[1:connectionIDLength+1]) {
		if rest := path[connectionIDLength+1:]; rest == "" || rest[0] == '/' {
			id, path = path[1:connectionIDLength+1], rest
		}
	}
	if name, ok := strings.CutPrefix(path, "/view/"); ok && modelid.Valid(name) {
		return "/view/", id, name
	}
	return path, id, ""
}

// connectionID reports whether id looks like one.
func connectionID(id string) bool {
	return len(id) == connectionIDLength && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// ServeHTTP takes the person from the request's context.
func (c *Connect) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	c.ServeUser(w, r, u)
}

// ServeUser implements [personal.Handler].
func (c *Connect) ServeUser(w http.ResponseWriter, r *http.Request, u *identity.User) {
	if asset := c.assets[r.URL.Path]; asset != nil {
		asset.ServeHTTP(w, r)
		return
	}
	at, id, model := splitPath(r.URL.Path)
	route, ok := connectRoutes[at]
	if !ok || (id != "" && !route.each) || (at == "/view/" && model == "") {
		answer.Error(w, http.StatusNotFound, "invalid_request", "There is nothing at this address.")
		return
	}
	serve := route.methods[r.Method]
	v := visit{user: u, id: id, model: model}
	switch {
	case serve == nil:
		allowed := slices.DeleteFunc([]string{http.MethodGet, http.MethodPost, http.MethodDelete},
			func(m string) bool { return route.methods[m] == nil })
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		answer.Error(w, http.StatusMethodNotAllowed, "invalid_request", "This address answers "+strings.Join(allowed, ", ")+" only.")
	case u.SignedIn():
		serve(c, w, r, v)
	case route.page:
		c.fail(w, r, issuer.ErrNotSignedIn, c.connectPage(r))
	default:
		c.refuse(w, r, v, connect.ErrNotSignedIn)
	}
}

// upTo is the relative address of the page, wherever c is mounted.
func upTo(r *http.Request) string {
	if depth := strings.Count(r.URL.Path, "/"); depth > 0 {
		return strings.Repeat("../", depth-1)
	}
	return "./" + url.PathEscape(path.Base(mount.Path(r))) + "/"
}

// mountedAt is the page's path as the browser knows it.
func mountedAt(r *http.Request) string {
	prefix := strings.Trim(strings.TrimSuffix(mount.Path(r), r.URL.Path), "/")
	if prefix == "" {
		return "/"
	}
	return "/" + prefix + "/"
}
