package middleware

import "github.com/go-pme/pme/middleware/internal/returnpath"

// LocalPath returns s and true if it is safe to redirect a browser to s after login, and "/" and false
// otherwise. A login handler that redirects to a return path must pass it through here again, as anyone
// can write a link to the login page:
//
//	back, _ := middleware.LocalPath(r.FormValue("next"))
//	http.Redirect(w, r, back, http.StatusSeeOther)
//
// s is safe if it is a path, with or without a query, that every browser resolves to the host it is on.
// It must be at most 2,048 printable ASCII characters, begin with exactly one slash and have neither a
// backslash nor a double slash in its path: browsers read a backslash as a slash, drop tabs and line
// breaks wherever they are, and take what follows a double slash for a host
// (https://url.spec.whatwg.org/#concept-basic-url-parser). The same must hold once its percent-encoding
// is decoded, since proxies and login handlers may do so; only after the first question mark may spaces
// be encoded. Encoding that is malformed or not UTF-8 is refused.
//
// Someone who goes to a page with a longer address comes back to it without its query, or to "/" if the path
// alone is longer. The gates of this package see to that, and log it.
//
// It does not check that there is anything at s, nor that the user may see it.
func LocalPath(s string) (path string, safe bool) {
	if !returnpath.IsSafe(s) {
		return "/", false
	}
	return s, true
}
