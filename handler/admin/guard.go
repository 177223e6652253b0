package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/internal/sameorigin"
)

const (
	actTime  = 20 * time.Second // for a revocation
	maxBody  = 16 << 10         // bytes of a form
	maxAhead = 10 * time.Second // that another clock may be ahead of this one
)

// The answers to what is not carried out.
var (
	signedOut   = answer.Refusal{Status: http.StatusUnauthorized, Code: "login_required", Text: "Please sign in."}
	malformed   = answer.Refusal{Status: http.StatusBadRequest, Code: "invalid_request", Text: "This page cannot be opened in this way. Please go back and try again."}
	unconfirmed = answer.Refusal{Status: http.StatusBadRequest, Code: "confirmation_required", Text: "Please confirm this first."}
	tooOld      = answer.Refusal{Status: http.StatusForbidden, Code: "login_too_old", Text: "Please sign in again first. This needs a sign-in of the last few minutes."}
	unavailable = answer.Refusal{
		Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable",
		Text: "Spaces are unavailable for the moment. Please try again shortly.", Retry: 5 * time.Second,
	}
	incomplete = answer.Refusal{
		Status: http.StatusServiceUnavailable, Code: "incomplete",
		Text: "This may not be done completely. Please try again shortly.", Retry: 5 * time.Second,
	}
)

// judge returns the refusal for a request of someone who is no administrator.
func (a *Admin) judge(r *http.Request, u *identity.User) *answer.Refusal {
	if !u.SignedIn() {
		return &signedOut
	}
	allowed, err := a.allowed(event.Context(r), u)
	switch {
	case err != nil:
		a.refused(r, u, "error", "Allow: "+err.Error())
		return &unavailable
	case !allowed:
		a.refused(r, u, "not_admin", "")
		return &answer.Nothing
	}
	return nil
}

// allowed asks the application. A panic is an error.
func (a *Admin) allowed(ctx context.Context, u *identity.User) (yes bool, err error) {
	yes, err = false, rescue.ErrPanicked
	returned := rescue.Call(a.cfg.Logger, "Allow", func() { yes, err = a.cfg.Allow(ctx, u) })
	return returned && yes && err == nil, err
}

// change lets next carry out a form that comes from a page of this site, and from someone who has just signed in.
func (a *Admin) change(w http.ResponseWriter, r *http.Request, u *identity.User, next func(http.ResponseWriter, *http.Request, *identity.User)) {
	if err := a.origins.Check(r); err != nil {
		a.refused(r, u, sameorigin.Reason, err.Error())
		a.refuse(w, r, sameorigin.Refusal)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil || len(r.PostForm) == 0 {
		a.refuse(w, r, malformed)
		return
	}
	if err := a.recent(u, a.now()); err != nil {
		a.refused(r, u, tooOld.Code, err.Error())
		a.refuseOld(w, r)
		return
	}
	next(w, r, u)
}

// recent reports why the sign-in of u is not recent enough to change something. It does not look at what is changed.
func (a *Admin) recent(u *identity.User, now time.Time) error {
	if a.cfg.RecentLogin < 0 {
		return nil
	}
	at := u.AuthenticatedAt
	if at.Unix() <= 0 {
		at = u.SignedInAt
	}
	switch age := now.Sub(at); {
	case at.Unix() <= 0:
		return errors.New("it is not known when this administrator signed in: set identity.User.AuthenticatedAt, have the provider send auth_time, or set RecentLogin")
	case age < -maxAhead:
		return errors.New("this administrator signed in in the future: look at the clocks")
	case age > a.cfg.RecentLogin:
		return fmt.Errorf("this administrator signed in %v ago, and RecentLogin is %v", age.Round(time.Second), a.cfg.RecentLogin)
	}
	return nil
}

// refuseOld says where to sign in again.
func (a *Admin) refuseOld(w http.ResponseWriter, r *http.Request) {
	login := a.loginAgain(r)
	if answer.WantsPage(r) {
		page := a.standalone(r)
		page.SignIn, page.Home, page.HomeName = login, "./", "Administration"
		a.pages.Refuse(w, r, tooOld, page)
		return
	}
	var extra []answer.Member
	if login != "" {
		extra = append(extra, answer.Member{Name: "login_url", Value: login})
	}
	tooOld.Write(w, extra...)
}

// loginAgain is the address of the login, with the way back to the page that asked for r, or empty.
func (a *Admin) loginAgain(r *http.Request) string {
	if a.cfg.LoginAgain == nil {
		return ""
	}
	if r.Method == http.MethodPost { // the page with the form has the same address, and its fields in the query
		fields := make(url.Values)
		for _, name := range []string{"user", "session", "model", "all"} {
			if value := r.PostForm.Get(name); value != "" {
				fields.Set(name, value)
			}
		}
		page := *r.URL
		page.RawQuery = fields.Encode()
		again := r.Clone(r.Context())
		again.Method, again.URL = http.MethodGet, &page
		if asked, err := url.ParseRequestURI(r.RequestURI); err == nil {
			asked.RawQuery = page.RawQuery
			again.RequestURI = asked.RequestURI()
		}
		r = again
	}
	return a.cfg.LoginAgain(r)
}
