package pme

import (
	"fmt"
	"net/http"
	"path"
	"strings"
)

// Mount puts h under a prefix of mux, such as "/pme"; "" and "/" are the root. It serves the same as
//
//	mux.Handle("/pme/", http.StripPrefix("/pme", h))
//
// with less work for each request, as the mux finds the endpoints by itself. Its redirect from /pme to /pme/ is
// right behind a proxy that takes a prefix off, too. For other routers, use [http.StripPrefix].
//
// Like [http.ServeMux.Handle], Mount panics if the prefix is no plain path, or if something is mounted
// there already. A plain path begins with a slash, and has no empty or dot segment, wildcard, escape,
// query, space or control character.
func (h *Handler) Mount(mux *http.ServeMux, prefix string) {
	at := strings.TrimSuffix(prefix, "/")
	if !isPlainPath(at) {
		panic(fmt.Sprintf("pme: Mount: the prefix is %q: want a path such as \"/pme\"", prefix))
	}
	h.routes.found.Store(true)
	for name, endpoint := range h.routes.named {
		if name != "" {
			mux.Handle(at+"/"+name, endpoint)
			mux.Handle("GET "+at+"/"+name, endpoint) // a mux looks among patterns with the method first
		}
	}
	mux.Handle(at+"/", http.StripPrefix(at, h))
	if at != "" {
		mux.HandleFunc("GET "+at, addSlash) // the redirect of a ServeMux leads out of a prefix that a proxy takes off
	}
}

// isPlainPath reports whether p, without a slash at its end, means the same as a pattern of a ServeMux,
// as a prefix for StripPrefix, and in a browser.
func isPlainPath(p string) bool {
	if p == "" {
		return true
	}
	odd := func(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`{}%?#\`, c) }
	return p[0] == '/' && path.Clean(p) == p && p != "/" && !strings.ContainsFunc(p, odd)
}
