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

// Nothing is the refusal for an address that no endpoint has.
var Nothing = Refusal{Status: http.StatusNotFound, Code: "invalid_request", Text: "There is nothing at this address."}

// NoSpace is the refusal for the address of a space that has no model ID in it, such as one that was cut off.
var NoSpace = Refusal{
	Status: http.StatusBadRequest, Code: "invalid_request",
	Text: "There is no space at this address. The link may be mistyped or cut off.",
}

// WrongMethod is the refusal for a person who comes to a page by a method that it does not answer.
var WrongMethod = Refusal{
	Status: http.StatusMethodNotAllowed, Code: "invalid_request", Text: "This page cannot be opened in this way. Please go back and try again.",
}
