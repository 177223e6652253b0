package pme

import (
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync/atomic"

	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/mount"
	"github.com/go-pme/pme/pages"
)

// route is one address below the prefix.
type route struct {
	// path is a name; or a name with /{model}, for the addresses one level below; or a name with a slash
	// at its end, for the name itself and all addresses below. The gallery's is empty.
	path    string
	handler http.Handler
	public  bool // it is not put behind the authenticator
	cors    bool // pages of the allowed origins may read it
}

// table lists all routes. A new endpoint is one line here; a test compares them with the lists in the
// documentation.
func (h *Handler) table() []route {
	routes := []route{
		{path: "", handler: h.gallery},
		{path: "view/{model}", handler: handler.View(h.issuer, h.catalog, h.pages)},
		{path: "signed-in", handler: handler.SignedIn(h.pages)},
		{path: "token", handler: handler.Token(h.issuer), cors: true},
		{path: "link", handler: handler.Link(h.issuer), cors: true},
		{path: "models", handler: handler.Models(h.catalog), cors: true},
		{path: "adjacent", handler: handler.Adjacent(h.catalog), cors: true},
		{path: "settings", handler: handler.Settings(h.issuer, h.pages), cors: true},
		{path: "revoke", handler: handler.Revoke(h.issuer)},
		{path: "watch", handler: h.unlessClosed(fromName, h.watch), public: true, cors: true}, // it asks the authenticator itself
	}
	if h.accounts != nil { // it puts all but its assets behind the authenticator, and knows who may read what
		accounts := http.StripPrefix("/connect", h.accounts.Behind(h.guard(fromAccounts)))
		routes = append(routes, route{path: "connect/", handler: accounts, public: true})
	}
	for name, asset := range pages.Assets() {
		routes = append(routes, route{path: name, handler: asset, public: true})
	}
	return routes
}

// routes finds the endpoint of a path whose prefix has been taken off. A ServeMux would do, but for its
// redirects: it does not know the prefix, and would send people to addresses outside it.
type routes struct {
	named   map[string]http.Handler // by the path without its leading slash
	below   []route                 // the others
	nothing http.HandlerFunc        // answers where there is nothing

	// found says that requests find endpoints: one has, or they are mounted where they belong.
	found atomic.Bool
}

// guarded puts the handlers of table behind the authenticator, once and for all: there is no other way in.
func (h *Handler) guarded(table []route) *routes {
	rs := &routes{named: make(map[string]http.Handler), nothing: h.refuseNothing}
	for _, rt := range table {
		if !rt.public {
			rt.handler = h.guard(rt.base())(rt.handler)
		}
		if rt.cors {
			rt.handler = h.pages.CORS(rt.handler)
		}
		if strings.Contains(rt.path, "/") {
			rs.below = append(rs.below, rt)
		} else {
			rs.named[rt.path] = rt.handler
		}
	}
	return rs
}

// base leads from the route's addresses to the mount point.
func (rt route) base() base {
	if strings.Contains(rt.path, "/") {
		return fromView
	}
	return fromName
}

// has reports whether the route answers at, a path without its leading slash.
func (rt route) has(at string) bool {
	if name, ok := strings.CutSuffix(rt.path, "{model}"); ok {
		model, below := strings.CutPrefix(at, name)
		return below && model != "" && !strings.Contains(model, "/")
	}
	return strings.HasPrefix(at, rt.path) || at+"/" == rt.path
}

func (rs *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, slash := strings.CutPrefix(r.URL.Path, "/")
	if at == "" && !slash && !strings.HasSuffix(mount.Path(r), "/") {
		addSlash(w, r)
		return
	}
	next := rs.find(at)
	if next == nil {
		rs.nothing(w, r)
		return
	}
	if !rs.found.Load() {
		rs.found.Store(true)
	}
	next.ServeHTTP(w, r)
}

// find returns the endpoint that answers at a path without its leading slash, or nil.
func (rs *routes) find(at string) http.Handler {
	if next, ok := rs.named[at]; ok {
		return next
	}
	for _, rt := range rs.below {
		if rt.has(at) {
			return rt.handler
		}
	}
	return nil
}

// refuseNothing answers at an address that no endpoint has, without asking who it is.
func (h *Handler) refuseNothing(w http.ResponseWriter, r *http.Request) {
	if !h.routes.found.Swap(true) { // the first request, and it finds nothing
		h.log.WarnContext(r.Context(), "no endpoint has this path: mount pme by Handler.Mount, or take its prefix off by http.StripPrefix",
			slog.String("path", r.URL.EscapedPath()))
	}
	out, at := answer.Nothing, strings.TrimPrefix(r.URL.EscapedPath(), "/")
	if strings.HasPrefix(at, "view/") {
		out = answer.NoSpace
		out.Status = http.StatusNotFound
	}
	if answer.WantsPage(r) {
		h.pages.Refuse(w, r, out, h.pages.Page(r, strings.Repeat("../", strings.Count(at, "/"))))
		return
	}
	out.Write(w)
}

// addSlash answers the mount point itself, as the gallery's relative addresses need its slash. The
// address is relative too: at whatever prefix this is, it leads no further than there.
func addSlash(w http.ResponseWriter, r *http.Request) {
	to := url.URL{Path: path.Base(mount.Path(r)) + "/", RawQuery: r.URL.RawQuery}
	w.Header().Set("Location", "./"+strings.TrimPrefix(to.String(), "./"))
	w.WriteHeader(http.StatusTemporaryRedirect)
}
