package simulation_test

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

const (
	clientSecret = "the-client-secret"
	secretPanic  = "secret-in-a-panic"
)

var (
	models = []string{"SxQL3iGyoDo", "yyHDFKzPzvN", "JGPnGQ6hosj"}
	people = []string{"alice", "bob", "carol"}
)

// A world is all that takes part in a history.
type world struct {
	t          *testing.T
	log        *logtest.Buffer
	up         *matterporttest.Server
	troubled   atomic.Bool
	policy     *policy
	tokens     *tokens
	ledger     *ledger
	replicas   []*replica
	skew       time.Duration // of Matterport's clock
	wrongDates atomic.Int64
	ticks      atomic.Int64 // orders what happens

	mu        sync.Mutex // guards what follows
	random    *rand.Rand
	lockedOut map[string]bool
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{
		t: t, log: new(logtest.Buffer), ledger: newLedger(),
		random: rand.New(rand.NewPCG(seed, 0)), lockedOut: make(map[string]bool),
	}
	var account []matterporttest.Model
	for _, id := range models {
		account = append(account, matterporttest.Model{ID: id})
	}
	w.skew = time.Duration(w.chance(1200)-600) * time.Second
	w.up = matterporttest.New(matterporttest.Config{ClientID: "id", ClientSecret: clientSecret, Models: account, ShowcaseURL: "https://my.matterport.example"})
	w.up.SkewClock(w.skew)
	w.policy = newPolicy(w)
	w.tokens = &tokens{Store: issuer.NewMemory(issuer.MemoryConfig{MaxPerUser: 1000}), w: w}
	for range 2 {
		w.replicas = append(w.replicas, newReplica(w))
	}
	return w
}

// chance returns a number from 0 to n-1.
func (w *world) chance(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(n)
}

func (w *world) tick() int64 { return w.ticks.Add(1) }

func (w *world) serverTime() time.Time { return time.Now().UTC().Add(w.skew) }

func (w *world) isLockedOut(user string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.lockedOut[user]
}

func (w *world) lockOut(user string, out bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lockedOut[user] = out
}

// A replica is a place where one process after another serves the application.
type replica struct {
	w       *world
	process atomic.Pointer[process]
}

// A process has a local clock that may be wrong.
type process struct {
	client *matterport.Client
	issuer *issuer.Issuer
	served http.Handler
}

func newReplica(w *world) *replica {
	r := &replica{w: w}
	r.process.Store(newProcess(w))
	return r
}

func newProcess(w *world) *process {
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	wrong := []time.Duration{0, -5 * time.Minute, 5 * time.Minute, -time.Hour, time.Hour}[w.chance(5)]
	p := new(process)
	var errs [3]error
	p.client, errs[0] = matterport.New(matterport.Config{
		ClientID: "id", ClientSecret: clientSecret, BaseURL: "https://matterport.example",
		HTTPClient: &http.Client{Transport: &wire{w: w}}, Logger: log,
		Now: func() time.Time { return time.Now().Add(wrong) },
	})
	p.issuer, errs[1] = issuer.New(issuer.Config{
		Matterport: p.client, Policy: w.policy, Store: w.tokens, Logger: log, MintBurst: 1 << 20,
	})
	gate, err := middleware.New(middleware.Func(w.recognize), middleware.Config{Logger: log})
	errs[2] = err
	if err := errors.Join(errs[:]...); err != nil {
		w.t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/token", gate.Require(handler.Token(p.issuer)))
	mux.Handle("/link", gate.Require(handler.Link(p.issuer)))
	p.served = mux
	return p
}

func (p *process) close() {
	_ = p.issuer.Close()
	_ = p.client.Close()
}

// restart leaves requests behind that the old process has not answered yet, and deletions that it gives up.
func (r *replica) restart() {
	r.process.Swap(newProcess(r.w)).close()
	r.w.ledger.giveUp()
}

// recognize is the host's login. It takes a while from its decision to its answer.
func (w *world) recognize(r *http.Request) (identity.User, error) {
	u := identity.User{ID: r.Header.Get("Person"), Session: r.Header.Get("Session")}
	if w.isLockedOut(u.ID) {
		return identity.User{}, nil
	}
	time.Sleep(time.Duration(w.chance(50)) * time.Millisecond)
	return u, nil
}

// revoke revokes on some replica, and reports whether that worked.
func (w *world) revoke(what store.Selector) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err := w.anyReplica().process.Load().issuer.Revoke(ctx, what)
	return err == nil
}

func (w *world) anyReplica() *replica { return w.replicas[w.chance(len(w.replicas))] }
