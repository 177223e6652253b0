package handler

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

var varyOrigin = []string{"Origin"}

// CORS lets pages of other origins read the answers of a GET endpoint, with the visitor's cookies. Each
// origin is exact, such as "https://app.example.com"; there are no patterns. Put it outside the
// authenticator: a preflight carries no cookies, and the page has to be able to read a 401.
//
// It decides who may read, not who may ask: a request of an origin that is not listed is answered as ever,
// and its page does not get to see the answer. Whether the browser sends the cookies at all is up to their
// SameSite attribute: they reach an origin of the same site (app.example.com and www.example.com), and
// one of another site only with SameSite=None.
//
// CORS reports every origin that is none. Without any it returns handlers as they are.
func CORS(origins []string) (func(http.Handler) http.Handler, error) {
	if err := checkOrigins("AllowedOrigins", origins); err != nil {
		return nil, err
	}
	if len(origins) == 0 {
		return func(next http.Handler) http.Handler { return next }, nil
	}
	allowed := slices.Clone(origins)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h["Vary"] = varyOrigin
			from := r.Header["Origin"]
			if len(from) == 1 && slices.Contains(allowed, from[0]) {
				h["Access-Control-Allow-Origin"] = from
				h.Set("Access-Control-Allow-Credentials", "true")
				h.Set("Access-Control-Expose-Headers", "Retry-After")
				if r.Method == http.MethodOptions {
					preflight(h)
					w.WriteHeader(http.StatusNoContent)
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}, nil
}

// preflight allows what the endpoints have a use for.
func preflight(h http.Header) {
	h.Set("Access-Control-Allow-Methods", "GET")
	h.Set("Access-Control-Allow-Headers", "Authorization, X-Requested-With")
	h.Set("Access-Control-Max-Age", "600")
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
}

// defaultPorts are those that browsers leave out of an origin.
var defaultPorts = map[string]string{"http": "80", "https": "443"}

// checkOrigins reports what is not exactly what a browser sends as an Origin.
func checkOrigins(field string, origins []string) error {
	var errs []error
	for _, o := range origins {
		if u, err := webURL(o); err != nil || origin(o) != strings.ToLower(o) || u.Port() == defaultPorts[u.Scheme] || strings.Contains(o, "*") {
			errs = append(errs, fmt.Errorf("pme: %s has %q: want an exact origin such as https://app.example.com", field, o))
		}
	}
	return errors.Join(errs...)
}
