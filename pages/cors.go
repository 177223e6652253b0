package pages

import (
	"net/http"
	"slices"
	"strings"
)

// CORS lets pages of Config.AllowedOrigins read the answers of a GET endpoint, with the visitor's
// cookies. Each origin is exact; there are no patterns. Put it outside the gate: a preflight carries no
// cookies, and the page has to be able to read a 401.
//
// It decides who may read, not who may ask: a request of another origin is answered as ever, and its
// page does not get to see the answer. Whether the browser sends the cookies at all is up to their
// SameSite attribute: they reach an origin of the same site (app.example.com and www.example.com), and
// one of another site only with SameSite=None.
//
// A preflight from an allowed origin is told that it may send whatever headers it asks for.
//
// Without AllowedOrigins, CORS returns next as it is.
func (p *Pages) CORS(next http.Handler) http.Handler {
	allowed := p.cfg.AllowedOrigins
	if len(allowed) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		varyByOrigin(h)
		from := r.Header["Origin"]
		if len(from) != 1 || !slices.Contains(allowed, from[0]) {
			next.ServeHTTP(w, r)
			return
		}
		h["Access-Control-Allow-Origin"] = from
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "Retry-After, Date")
		if r.Method == http.MethodOptions {
			preflight(h, r.Header["Access-Control-Request-Headers"])
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// origins is shared by all answers. Its capacity is its length, so that a later Header.Add copies it.
var origins = []string{"Origin"}

// varyByOrigin adds Origin to Vary, which middleware in front may have set already.
func varyByOrigin(h http.Header) {
	if len(h["Vary"]) == 0 {
		h["Vary"] = origins // allocates nothing
		return
	}
	h.Add("Vary", "Origin")
}

// preflight allows GET with the headers that the page asks for. Tracing in the page adds its own, such as
// traceparent, and a browser sends nothing if one of them is not allowed. The endpoints read none but these two.
func preflight(h http.Header, asked []string) {
	h.Set("Access-Control-Allow-Methods", "GET")
	h.Set("Access-Control-Allow-Headers", strings.Join(append([]string{"Authorization", "X-Requested-With"}, headerNames(asked)...), ", "))
	h.Set("Access-Control-Max-Age", "600")
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
}

// maxAsked bounds the names of headers in one preflight, in bytes.
const maxAsked = 2048

// headerNames returns the names in lists of headers, without those that no header can have. It returns none if
// the lists are too long.
func headerNames(lists []string) []string {
	all := strings.Join(lists, ",")
	if len(all) > maxAsked {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(all, ",") {
		if name = strings.Trim(name, " \t"); name != "" && strings.Trim(name, nameCharacters) == "" {
			names = append(names, name)
		}
	}
	return names
}

// nameCharacters are those of a header's name (RFC 9110 §5.6.2), but for the asterisk: alone, it is a pattern.
const nameCharacters = "!#$%&'+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
