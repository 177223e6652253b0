package middleware

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-pme/pme/internal/answer"
)

// retryAfter is what a request in doubt is told to wait, in seconds: long enough for a hiccup of the
// host's database to pass, short against the 60 s that the Showcase SDK leaves for a refresh.
const retryAfter = "5"

// vary names what the choice between redirect, 401 and 503 depends on.
const vary = "Sec-Fetch-Mode, Sec-Fetch-Dest, Accept, X-Requested-With, Cookie"

// refusal answers requests that do not get past the gate.
type refusal struct {
	login       *url.URL
	loginURL    string
	returnParam string
	logger      *slog.Logger
}

func newRefusal(o *options) refusal {
	return refusal{login: o.login, loginURL: o.login.String(), returnParam: o.returnParam, logger: o.logger}
}

// answer refuses the request for the reason that err gives: nobody, or doubt.
func (f *refusal) answer(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Add("Vary", vary)
	var reason nobody
	if !errors.As(err, &reason) {
		f.logger.WarnContext(r.Context(), "cannot tell who is signed in",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
		f.unavailable(w, r)
		return
	}
	f.logger.DebugContext(r.Context(), "not signed in",
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("reason", string(reason)))
	if isNavigation(r) {
		f.redirect(w, r)
		return
	}
	answer.Error(w, http.StatusUnauthorized, "login_required", "Please sign in.",
		answer.Member{Name: "login_url", Value: f.loginURL})
}

// redirect sends a page navigation to the login page, with the way back. For GET and HEAD, the only
// methods that come here, 302 and 303 mean the same; 302 is the one that everything understands.
func (f *refusal) redirect(w http.ResponseWriter, r *http.Request) {
	// Not r.URL: http.StripPrefix has shortened it by the prefix the person needs to come back.
	back, _ := LocalPath(r.RequestURI)
	target := *f.login
	if target.RawQuery != "" {
		target.RawQuery += "&"
	}
	target.RawQuery += url.QueryEscape(f.returnParam) + "=" + url.QueryEscape(back)
	h := w.Header()
	h.Set("Location", target.String())
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusFound)
}

// unavailable answers a request in doubt.
func (f *refusal) unavailable(w http.ResponseWriter, r *http.Request) {
	const text = "The sign-in could not be checked just now. Please try again in a few seconds."
	h := w.Header()
	h.Set("Retry-After", retryAfter)
	if !isNavigation(r) {
		answer.Error(w, http.StatusServiceUnavailable, "temporarily_unavailable", text)
		return
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, text+"\n")
}

// isNavigation reports whether a person is opening a page in the browser's window, so that a redirect
// to the login page is of use to them.
//
// Browsers say so in fetch metadata (https://www.w3.org/TR/fetch-metadata/), but to secure origins
// only. Frames are left out: most login pages refuse to be framed, and one that does not would sign
// the person in inside somebody else's page. Where there is no fetch metadata, a request that accepts
// HTML and does not call itself a script's is taken for a navigation.
func isNavigation(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	mode, dest := r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Dest")
	if mode != "" || dest != "" {
		return mode == "navigate" && (dest == "document" || dest == "")
	}
	return r.Header.Get("X-Requested-With") == "" && acceptsHTML(r.Header)
}

func acceptsHTML(h http.Header) bool {
	for _, accept := range h["Accept"] {
		if strings.Contains(strings.ToLower(accept), "text/html") {
			return true
		}
	}
	return false
}
