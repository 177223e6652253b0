package pme

import (
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/mount"
)

// routes finds the endpoint of a path whose prefix has been taken off. A mux would do, but for its
// redirects: it knows nothing of the prefix, and would send people to addresses outside it.
type routes struct {
	private map[string]http.Handler // by the path without its leading slash
	public  map[string]http.Handler
	view    http.Handler // private; for view/{model}
	connect http.Handler // for connect and all below it; nil without connections
}

// guard puts all that is private behind the authenticator, once and for all: there is no other way in.
func (rs *routes) guard(a Authenticator) {
	for name, next := range rs.private {
		rs.private[name] = a.Require(next)
	}
	rs.view = a.Require(rs.view)
}

func (rs *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at, slash := strings.CutPrefix(r.URL.Path, "/")
	if at == "" && !slash && !strings.HasSuffix(mount.Path(r), "/") {
		addSlash(w, r)
		return
	}
	if next, ok := rs.private[at]; ok {
		next.ServeHTTP(w, r)
		return
	}
	if next, ok := rs.public[at]; ok {
		next.ServeHTTP(w, r)
		return
	}
	if model, ok := strings.CutPrefix(at, "view/"); ok && model != "" && !strings.Contains(model, "/") {
		rs.view.ServeHTTP(w, r)
		return
	}
	if below, ok := strings.CutPrefix(at, "connect"); ok && rs.connect != nil && (below == "" || below[0] == '/') {
		rs.connect.ServeHTTP(w, r)
		return
	}
	answer.Error(w, http.StatusNotFound, "invalid_request", "There is nothing at this address.")
}

// addSlash answers the mount point itself, as the gallery's relative addresses need its slash. The
// address is relative too: wherever this is mounted, it leads no further than there.
func addSlash(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "./"+url.PathEscape(path.Base(mount.Path(r)))+"/")
	w.WriteHeader(http.StatusTemporaryRedirect)
}
