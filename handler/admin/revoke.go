package admin

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer"
)

// everything is the word that has to be typed before all tokens are revoked.
const everything = "everything"

// A target is what a revocation is about: a user, one session of a user, a model, or everything.
type target struct {
	user, session, model string
	all                  bool

	fingerprint string // of the session
}

// parseTarget reads the fields of a form or a query. Exactly one kind of target is named.
func parseTarget(fields url.Values) (t target, ok bool) {
	t = target{user: fields.Get("user"), model: fields.Get("model"), all: fields.Get("all") == "1", fingerprint: fields.Get("session")}
	kinds := 0
	for _, named := range []bool{t.user != "", t.model != "", fields.Get("all") != ""} {
		if named {
			kinds++
		}
	}
	if kinds != 1 || t.fingerprint != "" && t.user == "" || t.model != "" && !modelid.Valid(t.model) && !modelid.ValidView(t.model) {
		return target{}, false
	}
	return t, t.user != "" || t.model != "" || t.all
}

// find looks up the session that the fingerprint stands for, and reports false if the user has none such.
func (t *target) find(s *snapshot) bool {
	if t.fingerprint == "" {
		return true
	}
	for _, token := range s.ofUser(t.user) {
		if k := token.Key(); k.Session != "" && fingerprint(k.User, k.Session) == t.fingerprint {
			t.session = k.Session
			return true
		}
	}
	return false
}

// has reports whether a token is revoked with t.
func (t target) has(token issuer.Live) bool {
	k := token.Key()
	switch {
	case t.all:
		return true
	case t.model != "":
		return slices.Contains(k.List(), t.model)
	}
	return k.User == t.user && (t.session == "" || k.Session == t.session)
}

// ends reports whether t ends the session of u.
func (t target) ends(u *identity.User) bool {
	return t.user != "" && t.user == u.ID && (t.session == "" || t.session == u.Session)
}

// reason names the act in an event.
func (t target) reason() string {
	switch {
	case t.all:
		return "revoke_all"
	case t.model != "":
		return "revoke_model"
	case t.session != "":
		return "revoke_session"
	}
	return "revoke_user"
}

// A question is asked before something is revoked.
type question struct {
	User    *person `json:"user,omitempty"`
	Session string  `json:"session,omitempty"`
	Model   *model  `json:"model,omitempty"`
	All     bool    `json:"all,omitempty"`
	Tokens  int     `json:"tokens"`        // that are revoked
	Own     bool    `json:"own,omitempty"` // it ends the session of the administrator

	Missing string `json:"-"` // what was not confirmed: "own" or "word"
	Login   string `json:"-"` // where to sign in first
	Old     bool   `json:"-"` // the sign-in is too old
}

// target looks up what the fields name. It answers the request itself if that fails.
func (a *Admin) target(w http.ResponseWriter, r *http.Request, fields url.Values) (t target, s *snapshot, ok bool) {
	t, ok = parseTarget(fields)
	if !ok {
		a.refuse(w, r, malformed)
		return t, nil, false
	}
	s, err := a.live.get(r.Context())
	switch {
	case err != nil && t.fingerprint != "":
		a.refuse(w, r, unavailable)
		return t, nil, false
	case err != nil: // a store that cannot be listed may revoke all the same
		s = &snapshot{}
	}
	if !t.find(s) {
		a.refuse(w, r, answer.Nothing)
		return t, nil, false
	}
	return t, s, true
}

// askRevoke shows what would be revoked.
func (a *Admin) askRevoke(w http.ResponseWriter, r *http.Request, u *identity.User) {
	t, s, ok := a.target(w, r, r.URL.Query())
	if !ok {
		return
	}
	a.ask(w, r, u, t, s, "")
}

func (a *Admin) ask(w http.ResponseWriter, r *http.Request, u *identity.User, t target, s *snapshot, missing string) {
	q := question{Session: t.fingerprint, All: t.all, Own: t.ends(u), Missing: missing}
	for _, token := range s.tokens {
		if t.has(token) {
			q.Tokens++
		}
	}
	if t.user != "" {
		p := newPerson(t.user, nil)
		if mine := s.ofUser(t.user); len(mine) > 0 {
			p = newPerson(t.user, mine[0].User())
		}
		q.User = &p
	}
	if t.model != "" {
		q.Model = &a.modelsOf([]string{t.model})[0]
	}
	if a.recent(u, a.now()) != nil {
		q.Old, q.Login = true, a.loginAgain(r)
	}
	a.show(w, r, "revoke", "Revoke", q)
}

// A done says what was revoked.
type done struct {
	Tokens  int `json:"revoked"`
	Pending int `json:"pending"` // Matterport has not confirmed their deletion yet
}

// revoke revokes.
func (a *Admin) revoke(w http.ResponseWriter, r *http.Request, u *identity.User) {
	t, s, ok := a.target(w, r, r.PostForm)
	if !ok {
		return
	}
	missing := ""
	switch {
	case t.ends(u) && r.PostForm.Get("own") != "1":
		missing = "own"
	case t.all && r.PostForm.Get("word") != everything:
		missing = "word"
	}
	if missing != "" {
		if answer.WantsPage(r) {
			a.ask(w, r, u, t, s, missing)
			return
		}
		unconfirmed.Write(w)
		return
	}
	out, err := a.carryOut(r, u, t)
	e := event.Event{Reason: t.reason(), User: t.user, Session: t.session, Count: out.Tokens}
	if t.model != "" {
		e.Models = []string{t.model}
	}
	if err != nil {
		e.Detail = "it has failed, at least in part"
	}
	a.acted(r, u, e)
	if err != nil {
		a.refuse(w, r, incomplete)
		return
	}
	a.live.forget(t.has)
	a.show(w, r, "done", "Revoked", done{out.Tokens, out.Pending})
}

// carryOut goes on if the administrator does not wait for it.
func (a *Admin) carryOut(r *http.Request, u *identity.User, t target) (out issuer.Revocation, err error) {
	ctx, cancel := act(r, u)
	defer cancel()
	defer rescue.Into(a.cfg.Logger, "a revocation", &err)
	return t.revoke(ctx, a.cfg.Revoker)
}

func (t target) revoke(ctx context.Context, by Revoker) (issuer.Revocation, error) {
	switch {
	case t.all:
		return by.RevokeAll(ctx)
	case t.model != "":
		return by.RevokeModel(ctx, t.model)
	case t.session != "":
		return by.RevokeSession(ctx, t.user, t.session)
	}
	return by.RevokeUser(ctx, t.user)
}
