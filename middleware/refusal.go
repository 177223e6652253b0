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
	login       *url.URL // nil: there is no login page
	loginURL    string
	returnParam string
	logger      *slog.Logger
	challenge   string // what nobody is told in WWW-Authenticate, if anything
}

func newRefusal(o *options) refusal {
	f := refusal{login: o.login, returnParam: o.returnParam, logger: o.logger}
	if o.login != nil {
		f.loginURL = o.login.String()
	}
	return f
}

// rejection is an error about a credential that is there and does not count. Unlike nobody it sends
// no one to log in and gives no other gate its turn.
type rejection struct {
	status    int
	code      string // the error's code in the answer
	text      string // for the browser
	challenge string // the answer's WWW-Authenticate, if any
	reason    string // for the log
}

func (r *rejection) Error() string { return "middleware: " + r.reason }

// answer refuses the request for the reason that err gives: nobody, a rejection, or doubt.
func (f *refusal) answer(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Add("Vary", vary)
	var rejected *rejection
	if errors.As(err, &rejected) {
		f.logger.InfoContext(r.Context(), "credential refused",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("reason", rejected.reason))
		f.reject(w, rejected)
		return
	}
	var reason nobody
	if !errors.As(err, &reason) {
		f.logger.WarnContext(r.Context(), "cannot tell who is signed in",
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Any("error", err))
		f.unavailable(w, r)
		return
	}
	f.logger.DebugContext(r.Context(), "not signed in",
		slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.String("reason", string(reason)))
	if f.login != nil && isNavigation(r) {
		f.redirect(w, r)
		return
	}
	f.reject(w, &rejection{
		status: http.StatusUnauthorized, code: "login_required", text: "Please sign in.", challenge: f.challenge,
	})
}

// reject answers in JSON, whoever asks: people who open a page in the browser send no credential that
// could be rejected. A 401 says where to sign in, if the gate knows.
func (f *refusal) reject(w http.ResponseWriter, rejected *rejection) {
	if rejected.challenge != "" {
		w.Header().Set("WWW-Authenticate", rejected.challenge)
	}
	var members []answer.Member
	if rejected.status == http.StatusUnauthorized && f.login != nil {
		members = append(members, answer.Member{Name: "login_url", Value: f.loginURL})
	}
	answer.Error(w, rejected.status, rejected.code, rejected.text, members...)
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
	w.Header().Set("Retry-After", retryAfter)
	if !isNavigation(r) {
		answer.Error(w, http.StatusServiceUnavailable, "temporarily_unavailable", text)
		return
	}
	page(w, http.StatusServiceUnavailable, text)
}

// page answers a person who opens a page in the browser.
func page(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
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
