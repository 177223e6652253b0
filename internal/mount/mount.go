// Package mount says where a handler is whose prefix has been taken off.
package mount

import (
	"net/http"
	"net/url"
)

// Path is the path as the browser asked for it, prefix included.
func Path(r *http.Request) string {
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		return u.Path
	}
	return r.URL.Path
}
