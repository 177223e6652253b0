package accounts

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/internal/outside"
)

// endpoint answers one method of a route.
type endpoint func(*Handler, http.ResponseWriter, *http.Request, visit)

// route is one address.
type route struct {
	page     bool // errors are pages, too
	each     bool // each connection has one as well
	readable bool // by pages of the allowed origins
	methods  map[string]endpoint
}

func get(e endpoint) map[string]endpoint {
	return map[string]endpoint{http.MethodGet: e, http.MethodHead: e}
}

// routes are found by what is left of a path without the connection's ID and the model's.
var routes = map[string]route{
	"": {each: true, readable: true, methods: map[string]endpoint{
		http.MethodGet: (*Handler).status, http.MethodHead: (*Handler).status,
		http.MethodPost: (*Handler).begin, http.MethodDelete: (*Handler).remove,
	}},
	"/": {page: true, methods: map[string]endpoint{
		http.MethodGet: (*Handler).overview, http.MethodHead: (*Handler).overview,
		http.MethodPost: (*Handler).begin, // so that the page's form need not know what its directory is called
	}},
	"/rename":    {page: true, each: true, methods: map[string]endpoint{http.MethodPost: (*Handler).rename}},
	"/callback":  {page: true, methods: get((*Handler).callback)},
	"/done":      {page: true, methods: get((*Handler).done)},
	"/begin":     {page: true, each: true, methods: get((*Handler).explain)},
	"/signed-in": {page: true, each: true, methods: get((*Handler).arrive)},
	"/view/":     {page: true, each: true, methods: get((*Handler).space)},
	"/token":     {each: true, readable: true, methods: get((*Handler).token)},
	"/link":      {each: true, readable: true, methods: get((*Handler).link)},
	"/models":    {each: true, readable: true, methods: get((*Handler).models)},
	"/settings":  {each: true, readable: true, methods: get((*Handler).settings)},
	"/watch":     {each: true, readable: true, methods: get((*Handler).watch)},
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

// connectionID reports whether id has the form of a connection's ID.
func connectionID(id string) bool {
	return len(id) == connectionIDLength && strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// upTo is the relative address of the page, whatever prefix was taken off.
func upTo(r *http.Request) string {
	if depth := strings.Count(r.URL.Path, "/"); depth > 0 {
		return strings.Repeat("../", depth-1)
	}
	return "./" + url.PathEscape(path.Base(mount.Path(r))) + "/"
}

// address is the page's path as browsers know it, escaped. Where the host does not say what a proxy has taken
// off, it is what the page's path lacks to be beside the callback.
func (h *Handler) address(r *http.Request) string {
	inside := mountedAt(r)
	prefix := outside.Taken(strings.TrimSuffix(h.returnPath, "callback"), inside)
	if site, ok := outside.FromContext(r.Context()); ok {
		prefix = site.Prefix
	}
	return prefix + (&url.URL{Path: inside}).EscapedPath()
}

// mountedAt is the page's path as the request has it.
func mountedAt(r *http.Request) string {
	prefix := strings.Trim(strings.TrimSuffix(mount.Path(r), r.URL.Path), "/")
	if prefix == "" {
		return "/"
	}
	return "/" + prefix + "/"
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}
