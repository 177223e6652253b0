package middleware

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/outside"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/middleware/internal/returnpath"
)

// retryAfter is how long a client waits after an error: long enough for a hiccup of the host's
// database to pass, short against the 60 s that the Showcase SDK leaves for a refresh.
const retryAfter = 5 * time.Second

// vary names what the choice between redirect, 401 and 503 depends on.
const vary = "Sec-Fetch-Mode, Sec-Fetch-Dest, Accept, X-Requested-With, Cookie"

// accessDenied is the code for whatever another sign-in of the same user would not change.
const accessDenied = "access_denied"

// refusal answers requests that do not get past the gate.
type refusal struct {
	login       *url.URL // nil: there is no login page
	returnParam string
	challenge   string
	events      *event.Stream
	relogin     *relogin
	log         *slog.Logger
	look        *look
	floods      *budget.Digest // by the client's address
}

func newRefusal(r Recognizer, cfg Config) (refusal, error) {
	t := configtext.Check{Room: "middleware"}
	t.Address("LoginURL", cfg.LoginURL)
	t.Text("ReturnParam", cfg.ReturnParam)
	t.Text("Challenge", cfg.Challenge)
	login, err := parseLoginURL(cfg.LoginURL)
	err = errors.Join(append(t.Problems, err)...)
	return refusal{
		login: login, returnParam: cmp.Or(cfg.ReturnParam, "next"), challenge: cfg.Challenge,
		events: event.OrLog(cfg.Events, cfg.Logger), log: event.LoggerOr(cfg.Logger), relogin: newRelogin(r, login), look: new(look),
		floods: budget.NewDigest(refusalsTold, refusalsEvery, time.Now),
	}, err
}

func parseLoginURL(address string) (*url.URL, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // no login page is a choice
	}
	u, err := url.Parse(address)
	_, local := LocalPath(address)
	switch {
	case err == nil && local:
	case err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.Opaque == "":
	default:
		return nil, fmt.Errorf("middleware: LoginURL must be a local path such as /login, or an absolute https URL without user information; it is %s", weburl.Quote(address))
	}
	return u, nil
}

// answer refuses the request for the reason that err gives: see [Recognizer].
func (f *refusal) answer(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Add("Vary", vary)
	var rejected *Rejection
	switch {
	case errors.As(err, &rejected):
		f.tell(r, slog.LevelInfo, "credential_rejected", rejected.Reason)
		f.reject(w, r, rejected)
	case errors.Is(err, ErrNotSignedIn):
		f.notSignedIn(w, r, err)
	default:
		f.tell(r, slog.LevelWarn, "error", err.Error())
		f.look.refuse(w, r, unavailable, "")
	}
}

// Anyone can send credentials that are no good, as often as they like. So many refusals of one address have an event of their own
// at once, and one more each refusalsEvery.
const (
	refusalsTold  = 100
	refusalsEvery = time.Minute
)

// tell emits the event of a refused request. It counts those before it that had none.
func (f *refusal) tell(r *http.Request, level slog.Level, reason, detail string) {
	address, _ := f.events.Client(event.Context(r))
	count := f.floods.Note(budget.Address(address))
	if count == 0 {
		f.events.Counter(event.RequestRefused, reason).Add(1)
		return
	}
	if count == 1 {
		count = 0
	}
	f.events.Emit(event.Context(r), event.Event{Kind: event.RequestRefused, Level: level, Reason: reason, Detail: detail, Count: count})
}

func (f *refusal) unauthenticated(w http.ResponseWriter, r *http.Request) {
	if f.sendsToLogin(r) {
		f.redirect(w, r)
		return
	}
	f.reject(w, r, &Rejection{
		Status: http.StatusUnauthorized, Code: "login_required", Text: "Please sign in.", Challenge: f.challenge,
	})
}

// sendsToLogin reports whether an unauthenticated request is redirected.
func (f *refusal) sendsToLogin(r *http.Request) bool { return f.login != nil && answer.IsNavigation(r) }

// reject answers a person with a page, such as one who is signed out in a frame, where a login must not appear.
// A 401 says where to sign in, if the gate knows.
func (f *refusal) reject(w http.ResponseWriter, r *http.Request, no *Rejection) {
	status := no.Status
	if status != http.StatusBadRequest && status != http.StatusUnauthorized {
		status = http.StatusForbidden
	}
	if no.Challenge != "" {
		w.Header().Set("WWW-Authenticate", no.Challenge)
	}
	out := answer.Refusal{Status: status, Code: cmp.Or(no.Code, accessDenied), Text: cmp.Or(no.Text, notAllowed)}
	if status != http.StatusUnauthorized || f.login == nil {
		f.look.refuse(w, r, out, "")
		return
	}
	login := f.loginFor(r)
	f.look.refuse(w, r, out, f.loginAndBack(r), answer.Member{Name: "login_url", Value: login.String()})
}

// redirect sends a page navigation to the login page, with the way back. For GET and HEAD, the only
// methods that come here, 302 and 303 mean the same; 302 is the one that everything understands.
func (f *refusal) redirect(w http.ResponseWriter, r *http.Request) {
	answer.Redirect(w, f.loginAndBack(r), http.StatusFound)
}

// loginAndBack is the address of the login page, with the way back to a page that was opened.
func (f *refusal) loginAndBack(r *http.Request) string {
	target := f.loginFor(r)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return target.String() // there need be nothing to open at the address of a form
	}
	if target.RawQuery != "" {
		target.RawQuery += "&"
	}
	target.RawQuery += url.QueryEscape(f.returnParam) + "=" + url.QueryEscape(f.wayBack(r))
	return target.String()
}

// wayBack is the address of r as its browser knows it, or that of the application's root if it is not safe.
func (f *refusal) wayBack(r *http.Request) string {
	site, _ := outside.FromContext(r.Context())
	if !strings.HasPrefix(r.RequestURI, "/") {
		return site.Prefix + "/"
	}
	// Not r.URL: http.StripPrefix has shortened it by the prefix that the user needs to come back.
	back, cut := returnpath.Shorten(site.Prefix + r.RequestURI)
	if cut {
		f.log.InfoContext(r.Context(), "return path is too long: the visitor comes back without the query, or to the home page",
			slog.Int("bytes", len(r.RequestURI)), slog.Int("most", returnpath.Max))
	}
	if back == "/" {
		return site.Prefix + "/"
	}
	return back
}

// loginFor is the address of the login page as the browser that sent r knows it.
func (f *refusal) loginFor(r *http.Request) url.URL {
	site, _ := outside.FromContext(r.Context())
	if site.Prefix == "" || f.login.Host != "" {
		return *f.login
	}
	login, err := url.Parse(outside.Local(site.Prefix, f.login.String()))
	if err != nil { // cannot happen: both parts are local paths
		return *f.login
	}
	return *login
}

// unavailable is the answer if it cannot be told who sent the request.
var unavailable = answer.Refusal{
	Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable",
	Text: "The sign-in could not be checked just now. Please try again in a few seconds.", Retry: retryAfter,
}
