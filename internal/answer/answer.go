// Package answer writes the JSON answers that the rooms which talk to browsers have in common, so
// that an error looks the same whichever of them it comes from.
package answer

import (
	"encoding/json"
	"net/http"
)

// The values are shared by all answers: a header map takes a slice, and a new one for every answer
// would be an allocation each. Their capacity is their length, so that a later Header.Add copies
// instead of writing into them.
var (
	jsonType = []string{"application/json"}
	noStore  = []string{"no-store"}
	noSniff  = []string{"nosniff"}
)

// JSON sets the headers that every JSON answer carries: Content-Type: application/json,
// Cache-Control: no-store and X-Content-Type-Options: nosniff. It allocates nothing by itself. The
// caller must replace values in h rather than change them in place.
func JSON(h http.Header) {
	h["Content-Type"] = jsonType
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
}

// Member is one more member of an error object, for instance login_url.
type Member struct {
	Name, Value string
}

// Error answers with status and an error object in the shape of OAuth (RFC 6749 §5.2): code is its
// "error", description its "error_description", and the members of extra follow under their names.
// All of it goes to the browser as it is; an error meant for the log has no place in it. Further
// headers, such as Retry-After, are set by the caller beforehand.
func Error(w http.ResponseWriter, status int, code, description string, extra ...Member) {
	object := make(map[string]string, 2+len(extra))
	for _, m := range extra {
		object[m.Name] = m.Value
	}
	object["error"] = code
	object["error_description"] = description
	body, err := json.Marshal(object)
	if err != nil { // cannot happen: every string has a form in JSON
		body = []byte(`{}`)
	}
	JSON(w.Header())
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
