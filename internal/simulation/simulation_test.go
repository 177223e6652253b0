package simulation_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/issuer/store"
)

var histories = flag.Uint64("histories", uint64(suite.Rounds(40, 1000)), "how many histories to go through")

func TestRandomHistories(t *testing.T) {
	for seed := range *histories {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { history(t, seed) })
		})
		if t.Failed() {
			return // one history is enough to read
		}
	}
}

// history alternates troubled times, in which the answers are checked, with calm ones, in which all must be well.
func history(t *testing.T, seed uint64) {
	w := newWorld(t, seed)
	for range 3 {
		w.troubled.Store(true)
		w.live(5 * time.Minute)
		w.troubled.Store(false)
		time.Sleep(3 * time.Minute) // deletions are repeated, and Retry-After is over
		w.checkCalm()
	}
	w.checkClose()
	w.checkLog()
}

// live has everybody do what they do for a while.
func (w *world) live(d time.Duration) {
	end := time.Now().Add(d)
	var wg sync.WaitGroup
	everybody := []func(){w.operate, w.operate, w.govern}
	for range 6 {
		everybody = append(everybody, func() { w.ask(w.anyReplica(), w.randomWish()) })
	}
	for _, act := range everybody {
		wg.Go(func() {
			for time.Now().Before(end) {
				act()
				time.Sleep(time.Duration(w.chance(4000)) * time.Millisecond)
			}
		})
	}
	wg.Wait()
}

// govern changes the policy, and restarts a replica now and then.
func (w *world) govern() {
	if w.chance(8) == 0 {
		w.anyReplica().restart()
		return
	}
	w.policy.change(people[w.chance(len(people))], models[w.chance(len(models))])
}

// operate locks a user out and revokes, or revokes only, or lets a user in again.
func (w *world) operate() {
	user, model := people[w.chance(len(people))], models[w.chance(len(models))]
	what := []store.Selector{
		{User: user}, {User: user}, {User: user, Session: "phone"}, {Model: model}, {User: user, Model: model},
	}[w.chance(5)]
	switch w.chance(3) {
	case 0:
		w.lockOut(user, true)
		what = store.Selector{User: user}
	case 1:
		w.lockOut(user, false)
	}
	w.revoke(what)
}

// checkCalm checks what must hold once nothing fails and nothing is under way any more.
func (w *world) checkCalm() {
	w.policy.tell() // a recheck that failed in the troubled time is not repeated by itself
	time.Sleep(time.Minute)
	w.checkStored()
	for _, user := range people {
		w.checkLockOut(user)
		w.checkChange(user)
	}
	for range 10 {
		w.checkService(w.randomWish())
	}
	w.checkHerd()
}

// checkStored wants every stored token to be allowed, and every token that is live to be stored.
func (w *world) checkStored() {
	stored := make(map[string]bool)
	for e, err := range w.tokens.Store.Entries(context.Background()) {
		if err != nil {
			w.t.Fatal(err)
		}
		stored[string(e.Token)] = true
		for _, model := range e.Key.List() {
			if !w.policy.now(e.Key.User, model) {
				w.t.Errorf("the token of %v outlives a change of the policy", e.Key)
			}
		}
	}
	for _, live := range w.up.LiveTokens() {
		if w.ledger.delivered[live.Value] && !stored[live.Value] {
			w.t.Error("a token is live at Matterport and not on record: it cannot be revoked")
		}
	}
}

// checkLockOut locks a user out, revokes while requests are on their way, and wants nothing to be left.
func (w *world) checkLockOut(user string) {
	requests := w.ask10(user)
	w.lockOut(user, true)
	if !w.revoke(store.Selector{User: user}) {
		w.t.Error("a revocation fails though nothing else does")
	}
	requests.Wait()
	for e, err := range w.tokens.Store.Entries(context.Background()) {
		if err != nil || e.Key.User == user {
			w.t.Errorf("a token of %s outlives a revocation (promise 4)", user)
		}
	}
	w.lockOut(user, false)
	time.Sleep(10 * time.Second)
	w.checkStored()
}

// checkChange changes the policy while requests are on their way, and wants no token to be left that it denies.
func (w *world) checkChange(user string) {
	requests := w.ask10(user)
	w.policy.change(user, models[w.chance(len(models))])
	requests.Wait()
	time.Sleep(10 * time.Second)
	w.checkStored()
}

// ask10 has a user send ten requests, and returns when some of them are under way.
func (w *world) ask10(user string) *sync.WaitGroup {
	w.revoke(store.Selector{User: user}) // so that they are mints
	var requests sync.WaitGroup
	for range 10 {
		v := w.randomWish()
		v.user = user
		requests.Go(func() {
			time.Sleep(time.Duration(w.chance(300)) * time.Millisecond)
			w.ask(w.anyReplica(), v)
		})
	}
	time.Sleep(time.Duration(w.chance(400)) * time.Millisecond)
	return &requests
}

// checkService wants a user to get a token if the policy allows all models, and a refusal otherwise.
func (w *world) checkService(v wish) {
	want := http.StatusOK
	for _, model := range v.models {
		if !w.policy.now(v.user, model) {
			want = http.StatusForbidden
		}
	}
	got := 0
	for range 4 { // a clock that ran ahead needs a second answer; and some browsers go away
		if got = w.ask(w.anyReplica(), v); got == want {
			return
		}
		time.Sleep(time.Minute)
	}
	w.t.Errorf("%+v: %d, want %d, though nothing fails\n%s", v, got, want, last(w.log.String(), 4000))
}

// checkHerd wants one mint for many requests on all replicas at once (promise 3).
func (w *world) checkHerd() {
	v := w.randomWish()
	w.revoke(store.Selector{User: v.user})
	before := w.mints()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() { w.ask(w.replicas[i%len(w.replicas)], v) })
	}
	wg.Wait()
	if n := w.mints() - before; n > 1 {
		w.t.Errorf("%+v: %d mints for one herd (promise 3)", v, n)
	}
}

func (w *world) mints() int {
	return w.up.Calls("createPrivateModelEmbedLink") + w.up.Calls("createPrivateModelEmbedToken")
}

// checkClose closes the replicas. What they left running would keep the test from ending (promise 6).
func (w *world) checkClose() {
	for _, r := range w.replicas {
		r.process.Load().close()
		if got := w.ask(r, wish{people[0], "", models[:1], "/token"}); got == http.StatusOK {
			w.t.Error("a token after Close")
		}
	}
}

// checkLog wants no secret in the log (promise 5).
func (w *world) checkLog() {
	text := w.log.String()
	secrets := []string{clientSecret, secretPanic}
	for token := range w.ledger.stored {
		secrets = append(secrets, token)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			w.t.Errorf("a secret in the log (promise 5)")
		}
	}
	if !slices.ContainsFunc(people, func(user string) bool { return strings.Contains(text, user) }) {
		w.t.Error("the log names no user")
	}
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }
