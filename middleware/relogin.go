package middleware

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/middleware/internal/comeback"
)

// The reasons of refusals that the operator should know of.
const (
	reasonNotSignedIn = "not_signed_in"
	reasonRepeated    = "login_repeated"
	reasonNoUser      = "session_without_user"
)

// errSessionNoUser is for a session that exists and has no user in it.
var errSessionNoUser = fmt.Errorf("%w: the session is not new and names no user", ErrNotSignedIn)

// A Recognizer can say by what it recognizes users, for the log, such as `the cookie "intranet"`.
type seeker interface{ Sought() string }

// How long after a browser was sent to the login it can come back from there.
const (
	fromLogin = 5 * time.Minute  // it says that it comes from the login page
	fromSite  = 30 * time.Second // it says that it comes from a page, but not from which
	fromOther = 10 * time.Second // it says nothing, or that it comes from another page
)

// rapidly is how often a browser is redirected within seconds before it is taken for a loop of redirects, if it says
// that it comes from no page: people may open the same address at the same time.
const rapidly = 2

// The warnings of a gate, in all browsers: anyone can make a browser look as if it came back.
const (
	warnings      = 5
	warningsEvery = 10 * time.Minute
)

// relogin notices when the login of the host does not reach the gate, as with another session name, other keys, a
// user ID of another type, or a Secure cookie over plain http. Users would then be sent to log in for ever, without
// a word in the log. It sets no cookie: a browser is told from others by its address, its User-Agent and the page.
type relogin struct {
	sought   string
	login    *url.URL
	now      func() time.Time
	browsers *comeback.Table
	limit    *rate.Limiter
	noUserAt atomic.Bool // a session without a user was warned of
}

func newRelogin(r Recognizer, login *url.URL) *relogin {
	l := &relogin{login: login, now: time.Now, browsers: comeback.New(), limit: rate.NewLimiter(rate.Every(warningsEvery), warnings)}
	if s, ok := r.(seeker); ok {
		l.sought = s.Sought()
	}
	return l
}

// again reports whether the browser that sent r, which is sent to the login now, seems to have come back from there, and
// how long ago it was sent there. It says so once for each browser.
func (l *relogin) again(r *http.Request, from event.Request) (ago time.Duration, again bool) {
	now := l.now()
	l.browsers.Visit(now, func(v comeback.Visit) bool {
		ago, again = v.Ago, l.isBack(r, v) && l.limit.AllowN(now, 1)
		return again
	}, from.Client, from.Path, r.UserAgent(), r.Header.Get("Accept-Language"))
	return ago, again
}

// isBack reports whether r, by where its browser says that it comes from, can be the way back from the login.
func (l *relogin) isBack(r *http.Request, v comeback.Visit) bool {
	from, err := url.Parse(r.Header.Get("Referer"))
	site := r.Header.Get("Sec-Fetch-Site")
	switch {
	case err == nil && l.isLogin(from, r.Host):
		return v.Ago <= fromLogin
	case err == nil && from.Host != "":
		return v.Ago <= fromOther
	case site == "none": // an address that was typed, or a bookmark, and what it was redirected to
		return v.Rapid >= rapidly
	case site != "":
		return v.Ago <= fromSite
	}
	return v.Ago <= fromOther
}

// notSignedIn answers an unauthenticated request, and tells of it: at debug level, as most of them are no news.
func (f *refusal) notSignedIn(w http.ResponseWriter, r *http.Request, err error) {
	level, reason, detail := slog.LevelDebug, reasonNotSignedIn, err.Error()
	if f.sendsToLogin(r) {
		if ago, again := f.relogin.again(r, f.events.Request(event.Context(r))); again {
			level, reason, detail = slog.LevelWarn, reasonRepeated, f.relogin.repeated(r, ago, err)
		}
	}
	if errors.Is(err, errSessionNoUser) && !f.relogin.noUserAt.Swap(true) && level < slog.LevelWarn {
		level, reason, detail = slog.LevelWarn, reasonNoUser, f.relogin.noUser()
	}
	f.events.Emit(event.Context(r), event.Event{Kind: event.RequestRefused, Level: level, Reason: reason, Detail: detail})
	f.unauthenticated(w, r)
}

// isLogin reports whether u is the login page or a page below it. Of a login on another host the path is not sent.
func (l *relogin) isLogin(u *url.URL, host string) bool {
	if l.login.Host != "" {
		return u.Host == l.login.Host
	}
	return u.Host == host && (u.Path == l.login.Path || strings.HasPrefix(u.Path, l.login.Path+"/"))
}

func (l *relogin) repeated(r *http.Request, ago time.Duration, err error) string {
	reason := strings.TrimPrefix(err.Error(), ErrNotSignedIn.Error()+": ")
	return fmt.Sprintf("the browser is sent to log in again, %.1f s after the last time: %s. The gate looks for %s; the browser sent %s. "+
		"If it had signed in, check the name and the keys of the session, the type of the user ID in it, and that its cookie is not Secure on plain http",
		ago.Seconds(), reason, l.soughtOr("what its function reads"), cookieNames(r))
}

func (l *relogin) noUser() string {
	return fmt.Sprintf("a session, in %s, is not new and names no user. If it is one of a signed-in user, the gate's User function looks for "+
		"the ID under another name, or as another type, than the login writes it. Visitors may have such sessions; this is logged once", l.soughtOr("its cookie"))
}

func (l *relogin) soughtOr(other string) string {
	if l.sought == "" {
		return other
	}
	return l.sought
}

// cookieNames lists the names of the cookies that came with r, never their values.
func cookieNames(r *http.Request) string {
	names, more := cookie.Names(r.Header)
	switch {
	case len(names) == 0:
		return "no cookies"
	case more > 0:
		return fmt.Sprintf("the cookies %s and %d more", strings.Join(names, ", "), more)
	}
	return "the cookies " + strings.Join(names, ", ")
}
