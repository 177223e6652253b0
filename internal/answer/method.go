package answer

import (
	"net/http"
	"strings"
)

// OnlyMethod reports whether r has the method, and answers 405 otherwise. An endpoint that answers GET
// answers HEAD too.
func OnlyMethod(w http.ResponseWriter, r *http.Request, method string) bool {
	if r.Method == method || (r.Method == http.MethodHead && method == http.MethodGet) {
		return true
	}
	MethodNotAllowed(w, method)
	return false
}

// GetOnly passes GET and HEAD on to next, and answers 405 otherwise.
func GetOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if OnlyMethod(w, r, http.MethodGet) {
			next(w, r)
		}
	})
}

// MethodNotAllowed answers 405, with the methods that are allowed.
func MethodNotAllowed(w http.ResponseWriter, allowed ...string) {
	list := strings.Join(allowed, ", ")
	w.Header().Set("Allow", list)
	Error(w, http.StatusMethodNotAllowed, "invalid_request", "This address answers "+list+" only.")
}

// NotFound answers 404 for an address that no endpoint has.
func NotFound(w http.ResponseWriter) {
	Error(w, http.StatusNotFound, "invalid_request", "There is nothing at this address.")
}
