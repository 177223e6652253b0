package issuer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// murky is a policy that cannot explain itself.
type murky struct {
	access.Policy
	explain func() (access.Explanation, error)
}

func (m murky) Explain(context.Context, *identity.User, string) (access.Explanation, error) {
	return m.explain()
}

func TestFailedExplanationDoesNotChangeTheDecision(t *testing.T) {
	for name, explain := range map[string]func() (access.Explanation, error){
		"error": func() (access.Explanation, error) { return access.Explanation{}, errors.New("directory away") },
		"panic": func() (access.Explanation, error) { panic("secret") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = murky{cfg.Policy, explain} })
			r.issue(t, alice, office)
			r.refuse(t, issuer.ErrDenied, bob, office)
			for _, want := range []string{"token granted", "token denied", "decision not explained"} {
				if !strings.Contains(r.log.String(), want) {
					t.Errorf("%q is not in the log:\n%s", want, r.log)
				}
			}
			if strings.Contains(r.log.String(), "reason=error") {
				t.Errorf("the decision is said to be a failure:\n%s", r.log)
			}
			if strings.Contains(r.log.String(), "secret") {
				t.Errorf("the value of the panic is in the log:\n%s", r.log)
			}
		})
	}
}

func TestReasonsAreThoseOfTheRules(t *testing.T) {
	policy, err := access.List{{Groups: []string{"facilities"}, Models: []string{office}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, func(cfg *issuer.Config) { cfg.Policy = policy })
	r.issue(t, &identity.User{ID: "alice", Groups: []string{"facilities"}}, office)
	r.refuse(t, issuer.ErrDenied, &identity.User{ID: "bob", Groups: []string{"Facilities"}}, office)
	for _, want := range []string{`msg="token granted"`, "reason=rule", `group \"facilities\"`, `msg="token denied"`, "reason=no_rule", "would match if"} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, r.log)
		}
	}
}

// trail is a recorder and a listener that keeps what it gets.
type trail struct {
	mu       sync.Mutex
	err      error
	recorded []event.Event
	heard    []event.Event
}

func (l *trail) Record(_ context.Context, e event.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recorded = append(l.recorded, e)
	return l.err
}

func (l *trail) Listen(e event.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, e)
}

// inTrail runs a test in a bubble with an issuer whose events are kept.
func inTrail(t *testing.T, change func(*issuer.Config), f func(t *testing.T, r *rig, l *trail)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := new(trail)
		r := newRig(t, func(cfg *issuer.Config) {
			var err error
			cfg.Events, err = event.New(event.Config{Logger: cfg.Logger, Recorder: l, Listeners: []event.Listener{l}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cfg.Events.Shutdown(context.Background()) })
			change(cfg)
		})
		f(t, r, l)
	})
}

// of returns the kinds and reasons of the events that are of one of the kinds.
func (l *trail) of(kinds ...event.Kind) (found []string) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.heard {
		if slices.Contains(kinds, e.Kind) {
			found = append(found, string(e.Kind)+"/"+e.Reason+"/"+e.By)
		}
	}
	return found
}

func TestRenewalNeedsNoRecord(t *testing.T) {
	inTrail(t, func(*issuer.Config) {}, func(t *testing.T, r *rig, l *trail) {
		r.issue(t, alice, office)
		l.err = errors.New("disk full")
		r.refuse(t, issuer.ErrUnavailable, alice, warehouse)
		for range 3 {
			time.Sleep(9 * time.Minute)
			r.issue(t, alice, office)
		}
		time.Sleep(11 * time.Minute) // the tour is over
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		l.err = nil
		r.issue(t, alice, office)
		r.revoke(t, store.Selector{User: "alice"})
		r.issue(t, alice, office)
		want := []string{"token granted/policy/", "token renewed/policy/", "token renewed/policy/", "token renewed/policy/", "token granted/policy/", "token granted/policy/"}
		if got := l.of(event.TokenGranted, event.TokenRenewed); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if len(l.recorded) != 5 {
			t.Errorf("%d grants recorded, want the first, two that failed, and two", len(l.recorded))
		}
	})
}

func TestRevocationSaysWhyAndByWhom(t *testing.T) {
	inTrail(t, func(*issuer.Config) {}, func(t *testing.T, r *rig, l *trail) {
		phone := &identity.User{ID: "alice", Session: "phone"}
		r.revoke(t, store.Selector{User: "alice"})
		r.revoke(t, store.Selector{User: "alice", Session: "phone"})
		r.revoke(t, store.Selector{Model: office})
		ctx := event.WithCause(t.Context(), event.Cause{By: "root", Reason: "admin"})
		if _, err := r.Revoke(ctx, store.Selector{Model: office}); err != nil {
			t.Fatal(err)
		}
		r.issue(t, phone, office)
		r.rules.set("alice")
		r.rules.watching()
		want := []string{"tokens revoked/user/", "tokens revoked/session/", "tokens revoked/model/", "tokens revoked/admin/root", "tokens revoked/rule/"}
		if got := l.of(event.TokensRevoked); !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if got := l.of(event.PolicyChanged); !slices.Equal(got, []string{"policy changed/rules/"}) {
			t.Errorf("%q", got)
		}
		last := l.heard[len(l.heard)-1]
		if last.User != "alice" || last.Session != "phone" || !slices.Equal(last.Models, []string{office}) {
			t.Errorf("%+v names not what was revoked", last)
		}
	})
}

func TestDateIsTheReasonWhenAGrantEnds(t *testing.T) {
	policy := &calendar{}
	inTrail(t, func(cfg *issuer.Config) { cfg.Policy = policy }, func(t *testing.T, r *rig, l *trail) {
		policy.spans = map[string]span{office: {until: r.now().Add(8 * time.Minute)}}
		r.issue(t, alice, office)
		time.Sleep(9 * time.Minute)
		if got := l.of(event.TokensRevoked); !slices.Equal(got, []string{"tokens revoked/date/"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestRevocationByThePolicySaysWhichVersion(t *testing.T) {
	policy := &versioned{version: "aaaaaaaaaaaa"}
	inTrail(t, func(cfg *issuer.Config) { policy.Policy, cfg.Policy = cfg.Policy, policy }, func(t *testing.T, r *rig, l *trail) {
		r.issue(t, alice, office)
		r.issue(t, alice, warehouse)
		r.revoke(t, store.Selector{User: "alice", Model: office})
		policy.version = "bbbbbbbbbbbb"
		r.rules.set("alice")
		if err := r.Recheck(event.WithCause(t.Context(), event.Cause{By: "root"})); err != nil {
			t.Fatal(err)
		}
		if got := l.of(event.TokensRevoked); !slices.Equal(got, []string{"tokens revoked/model/", "tokens revoked/rule/root"}) {
			t.Fatalf("%q", got)
		}
		var versions []string
		for _, e := range l.heard {
			if e.Kind == event.TokensRevoked {
				versions = append(versions, e.Policy)
			}
		}
		if !slices.Equal(versions, []string{"", "bbbbbbbbbbbb"}) {
			t.Errorf("%q", versions)
		}
	})
}

// versioned is a policy with a version.
type versioned struct {
	access.Policy
	version string
}

func (v *versioned) Version() string { return v.version }

func TestEndOfATokenIsOnTheClockOfTheEvent(t *testing.T) {
	for name, skew := range skews {
		inTrail(t, func(*issuer.Config) {}, func(t *testing.T, r *rig, l *trail) {
			r.up.set(func(u *upstream) { u.skew = skew })
			r.issue(t, alice, office)
			synctest.Wait()
			if got := l.heard[0].Until; !got.Equal(time.Now().Add(10 * time.Minute)) {
				t.Errorf("%s: until %v, now is %v", name, got, time.Now())
			}
		})
	}
}

func TestRevocationThatFindsNothingOfATokenIsNoEvent(t *testing.T) {
	inTrail(t, func(*issuer.Config) {}, func(t *testing.T, r *rig, l *trail) {
		r.issue(t, alice, office)
		r.issue(t, alice, office, warehouse)
		r.rules.set("alice", office)
		for range 2 { // as two replicas do at the same date
			go func() { _ = r.Recheck(t.Context()) }()
		}
		time.Sleep(time.Second)
		r.revoke(t, store.Selector{User: "alice", Token: "another"})
		if got := l.of(event.TokensRevoked); !slices.Equal(got, []string{"tokens revoked/rule/"}) {
			t.Fatalf("%q", got)
		}
		i := slices.IndexFunc(l.heard, func(e event.Event) bool { return e.Kind == event.TokensRevoked })
		if gone := l.heard[i]; !gone.Exact || !slices.Equal(gone.Models, []string{office, warehouse}) {
			t.Errorf("%+v", gone)
		}
	})
}

// pendingStore is a store that cannot reach the other replicas.
type pendingStore struct{ store.Store }

func (s pendingStore) Evict(ctx context.Context, sel store.Selector) ([]*store.Entry, error) {
	gone, err := s.Store.Evict(ctx, sel)
	return gone, errors.Join(err, store.ErrPending)
}

func TestPendingRevocationIsAnEvent(t *testing.T) {
	inTrail(t, func(cfg *issuer.Config) { cfg.Store = pendingStore{issuer.NewMemory(issuer.MemoryConfig{})} }, func(t *testing.T, r *rig, l *trail) {
		r.issue(t, alice, office)
		ctx := event.WithCause(t.Context(), event.Cause{By: "root", Reason: "admin"})
		if _, err := r.Revoke(ctx, store.Selector{User: "alice"}); !errors.Is(err, store.ErrPending) {
			t.Error(err)
		}
		if got := l.of(event.TokensRevoked); !slices.Equal(got, []string{"tokens revoked/admin/root"}) {
			t.Errorf("%q", got)
		}
	})
}

// fullStore is a store that keeps nothing.
type fullStore struct{ store.Store }

func (fullStore) Put(context.Context, store.Claim, *store.Entry, time.Duration) error {
	return store.ErrClaimLost
}

func TestRecordOfAGrantThatIsNotMadeIsCorrected(t *testing.T) {
	inTrail(t, func(cfg *issuer.Config) { cfg.Store = fullStore{issuer.NewMemory(issuer.MemoryConfig{})} }, func(t *testing.T, r *rig, l *trail) {
		r.refuse(t, issuer.ErrUnavailable, alice, office)
		synctest.Wait()
		corrected := make(map[string]bool)
		for _, e := range l.heard {
			if e.Kind == event.TokenWithheld && e.Corrects != "" {
				corrected[e.Corrects] = true
			}
		}
		for _, e := range l.recorded {
			if !corrected[e.ID] {
				t.Errorf("nothing corrects %+v", e)
			}
		}
		if len(l.recorded) == 0 || len(l.of(event.TokenGranted)) != 0 {
			t.Errorf("%d recorded, %q granted", len(l.recorded), l.of(event.TokenGranted))
		}
	})
}
