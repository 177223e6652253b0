package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

// people sign in by saying who they are. alice may see every model, carol the first one, bob none, until that is withdrawn.
type people struct {
	models []string

	mu        sync.Mutex
	signIns   map[string]string // who, by cookie
	withdrawn map[string]bool
	until     time.Time // when the access of alice ends, by Matterport's clock; zero for never
	unknown   bool      // it cannot be told who sends a request
}

func newPeople(models []matterporttest.Model) *people {
	p := &people{signIns: make(map[string]string), withdrawn: make(map[string]bool)}
	for _, m := range models {
		p.models = append(p.models, m.ID)
	}
	return p
}

const cookieName = "e2e"

func (p *people) login(w http.ResponseWriter, r *http.Request) {
	user, next := r.FormValue("user"), ""
	next, _ = middleware.LocalPath(r.FormValue("next"))
	p.mu.Lock()
	id := user + "." + strconv.FormatInt(time.Now().UnixNano(), 36)
	p.signIns[id] = user
	p.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // plain http, on this machine
	http.Redirect(w, r, next, http.StatusSeeOther)                                                                          //nolint:gosec // LocalPath lets through only paths of this host
}

func (p *people) who(r *http.Request) (identity.User, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unknown {
		return identity.User{}, errors.New("the sessions cannot be read")
	}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return identity.User{}, nil
	}
	user := p.signIns[c.Value]
	at, _ := strconv.ParseInt(c.Value[strings.LastIndex(c.Value, ".")+1:], 36, 64)
	return identity.User{ID: user, SignedInAt: time.Unix(0, at)}, nil
}

// forget makes it impossible to tell who sends a request.
func (p *people) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unknown = true
}

func (p *people) signOut(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id := range p.signIns {
		if strings.HasPrefix(id, user+".") {
			delete(p.signIns, id)
		}
	}
}

func (p *people) withdraw(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.withdrawn[user] = true
}

func (p *people) restore(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.withdrawn, user)
}

// watchmaker is what the IDs of users begin with that move the clock. None of them signs in.
const watchmaker = "watchmaker-"

// may is the policy.
func (p *people) may(_ context.Context, u *identity.User, model string) (allowed bool, until time.Time, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.HasPrefix(u.ID, watchmaker) {
		return slices.Contains(p.models, model), time.Time{}, nil
	}
	allowed = u.ID == "alice" && slices.Contains(p.models, model) || u.ID == "carol" && model == p.models[0]
	return allowed && !p.withdrawn[u.ID], p.until, nil
}

// end ends the access of alice.
func (p *people) end(at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = at
}

// ending reports whether the access of alice has an end.
func (p *people) ending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.until.IsZero()
}
