package simulation_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// A wish is what a visitor asks for.
type wish struct {
	user, session string
	models        []string
	path          string
}

func (w *world) randomWish() wish {
	some := slices.Clone(models[:1+w.chance(len(models))])
	path := "/token"
	if len(some) == 1 {
		path = []string{"/token", "/link"}[w.chance(2)]
		some[0] = models[w.chance(len(models))]
	}
	return wish{people[w.chance(len(people))], []string{"", "phone"}[w.chance(2)], some, path}
}

func (v wish) key() store.Key {
	sorted := slices.Sorted(slices.Values(v.models))
	return store.Key{User: v.user, Session: v.session, Models: strings.Join(sorted, ",")}
}

// ask sends a request through a replica and checks the answer. It returns the status.
func (w *world) ask(r *replica, v wish) int {
	ctx, leave := context.WithTimeout(context.Background(), time.Minute)
	defer leave()
	if w.chance(20) == 0 { // the browser goes away
		time.AfterFunc(time.Duration(w.chance(200))*time.Millisecond, leave)
	}
	req := httptest.NewRequestWithContext(ctx, http.MethodGet, v.path+"?"+url.Values{"modelId": v.models}.Encode(), nil)
	req.Header.Set("Person", v.user)
	req.Header.Set("Session", v.session)
	answer := httptest.NewRecorder()
	lockedOut := w.isLockedOut(v.user)
	from := w.tick()
	r.process.Load().served.ServeHTTP(answer, req)
	to := w.tick()
	w.check(v, answer, from, to, lockedOut)
	return answer.Code
}

// What an answer may be.
var statuses = []int{200, 401, 403, 404, 429, 502, 503}

// check holds an answer against the promises.
func (w *world) check(v wish, answer *httptest.ResponseRecorder, from, to int64, lockedOut bool) {
	w.checkForm(answer)
	if answer.Code != http.StatusOK {
		return
	}
	if lockedOut && w.isLockedOut(v.user) && w.ledger.lastRevocation(v.key(), from) > 0 {
		w.t.Errorf("%+v: a token for a user who is locked out", v)
	}
	for _, model := range v.models {
		if !w.policy.allowedDuring(v.user, model, from, to) {
			w.t.Errorf("%+v: a token past the policy (promise 1)", v)
		}
	}
	token, left := read(answer)
	s, ok := w.ledger.find(token)
	switch {
	case !ok || s.key != v.key():
		w.t.Errorf("%+v: a token of %v, stored: %v", v, s.key, ok)
	case s.tick < w.ledger.lastRevocation(v.key(), from):
		w.t.Errorf("%+v: a token from before a revocation that had returned (promise 4)", v)
	}
	if left <= 60 {
		w.t.Errorf("%+v: expires_in is %d (promise 2)", v, left)
	}
	for _, live := range w.up.LiveTokens() {
		if really := live.ValidUntil.Sub(w.serverTime()); live.Value == token && really < time.Duration(left)*time.Second {
			w.t.Errorf("%+v: expires_in is %d, and %v are left", v, left, really)
		}
	}
	if w.overdue(token) {
		w.t.Errorf("%+v: a token that has ended (promise 2)", v)
	}
}

// overdue reports whether a token is neither live at Matterport nor deleted there: it has ended by itself.
func (w *world) overdue(token string) bool {
	live := slices.ContainsFunc(w.up.LiveTokens(), func(t matterporttest.Token) bool { return t.Value == token })
	return !live && !w.up.Deleted(token)
}

// checkForm checks what holds for all answers.
func (w *world) checkForm(answer *httptest.ResponseRecorder) {
	body := answer.Body.String()
	switch {
	case !slices.Contains(statuses, answer.Code):
		w.t.Errorf("status %d (promise 7)", answer.Code)
	case !json.Valid([]byte(body)):
		w.t.Errorf("status %d: no JSON: %q (promise 7)", answer.Code, body)
	case strings.Contains(body, clientSecret), strings.Contains(body, secretPanic):
		w.t.Errorf("a secret in an answer (promise 5): %s", body)
	case answer.Code == http.StatusServiceUnavailable && answer.Header().Get("Retry-After") == "":
		w.t.Error("503 without Retry-After (promise 7)")
	}
}

// read returns the token and the seconds of an answer, of whichever endpoint.
func read(answer *httptest.ResponseRecorder) (token string, left int) {
	var body struct {
		Token string `json:"access_token"`
		Link  string `json:"link"`
		Left  int    `json:"expires_in"`
	}
	_ = json.Unmarshal(answer.Body.Bytes(), &body)
	if _, auth, ok := strings.Cut(body.Link, "Bearer"); ok {
		body.Token = strings.TrimLeft(strings.TrimPrefix(auth, "%20"), "+ ")
	}
	return body.Token, body.Left
}
