package answer

import "net/http"

// Redirect sends the browser to an address that is private: no cache keeps it, and the
// page there does not learn which address led to it. The status is one of 302, 303, 307 and 308.
// Redirect does not check where the address leads.
func Redirect(w http.ResponseWriter, to string, status int) {
	h := w.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
}
