package fleet_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/middleware/revocation"
)

func TestRevokedTokenIsServedByNoReplicaOnceEvictHasReturned(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 4)
	key := token("", "alice").Key
	var revoked atomic.Uint64 // how many rounds were revoked
	var wrong atomic.Int64
	done := make(chan struct{})
	var readers sync.WaitGroup
	for _, f := range all {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				before := revoked.Load()
				e, err := f.Tokens().Get(context.Background(), key, f.Tokens().Mark())
				if err == nil && e != nil && e.ValidUntil.Unix() <= int64(before) { // the round is in the entry
					wrong.Add(1)
				}
			}
		})
	}
	for round := range 90 {
		e := token(fmt.Sprint(round), "alice")
		e.ValidUntil = time.Unix(int64(round+1), 0)
		put(t, all[round%4].Tokens(), e)
		selector := []store.Selector{{User: "alice"}, {Model: "secretmodel"}, {User: "alice", Token: e.Token}, {All: true}}[round%4]
		gone, err := all[(round+3)%4].Tokens().Evict(t.Context(), selector)
		if err != nil || len(gone) == 0 {
			t.Fatalf("round %d: %d tokens, %v", round, len(gone), err)
		}
		revoked.Store(uint64(round + 1))
	}
	close(done)
	readers.Wait()
	if n := wrong.Load(); n != 0 {
		t.Errorf("%d times a revoked token was served", n)
	}
}

func TestReplicaThatIsCutOffServesNothingOnceEvictHasReturned(t *testing.T) {
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	namespace := namespace()
	well := open(t, fleet.Config{URL: server.URL(), Namespace: namespace}).Tokens()
	cut := open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Namespace: namespace}).Tokens()
	e := token("1", "alice")
	put(t, well, e)
	eventually(t, "both serve it", func() bool { return has(cut, e.Key) && has(well, e.Key) })
	proxy.Swallow(netfault.Both)
	began := time.Now()
	if _, err := well.Evict(t.Context(), store.Selector{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("revoked after %v, with a lease of %v", time.Since(began), lease)
	if has(cut, e.Key) {
		t.Error("the replica that is cut off serves the token")
	}
	began = time.Now()
	if _, err := well.Evict(t.Context(), store.Selector{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	t.Logf("the next one after %v", time.Since(began))
	proxy.Heal(t)
	eventually(t, "it is well again", func() bool {
		_, err := cut.Get(t.Context(), e.Key, cut.Mark())
		return err == nil
	})
	if has(cut, e.Key) {
		t.Error("it serves the token now")
	}
}

func TestMintOfARevokedRequestDoesNotCount(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 2)
	a, b := all[0].Tokens(), all[1].Tokens()
	e := token("1", "alice")
	mark := a.Mark() // the request passes the gate
	if _, err := b.Evict(t.Context(), store.Selector{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Claim(t.Context(), e.Key, mark, time.Minute); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("Claim with the old mark: %v", err)
	}
	for _, sel := range []store.Selector{{Model: "secretmodel"}, {All: true}} {
		c := claim(t, a, e.Key)
		if _, err := b.Evict(t.Context(), sel); err != nil {
			t.Fatal(err)
		}
		if err := a.Put(t.Context(), c, e, time.Hour); !errors.Is(err, store.ErrClaimLost) {
			t.Errorf("Put: %v", err)
		}
	}
}

func TestNothingReadableIsStored(t *testing.T) {
	server := redistest.Start(t, redistest.WithAppendOnly())
	f := open(t, fleet.Config{URL: server.URL()})
	e := token("1", "user-secret")
	put(t, f.Tokens(), e)
	put(t, f.Tokens(), token("2", "user-secret"))
	if _, err := f.Tokens().Evict(t.Context(), store.Selector{User: "user-secret", Token: e.Token}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Tokens().Claim(t.Context(), store.Key{User: "user-secret", Models: "secretmodel"}, f.Tokens().Mark(), time.Minute); err != nil {
		t.Fatal(err)
	}
	s := f.Sessions()
	_, onceErr := s.Once(t.Context(), "once-secret", time.Hour)
	err := errors.Join(onceErr, s.Save(t.Context(), "name-secret", []byte("value-secret"), time.Hour), s.Revoke(t.Context(), "session-secret", time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	dump := server.Dump(t)
	if len(dump) < 1000 || !bytes.Contains(dump, []byte("{pme:")) {
		t.Fatalf("the dump is empty: %q", dump)
	}
	for _, word := range []string{"secret", "SxQL3iGyoDo", "mail-", "example.com"} {
		if bytes.Contains(dump, []byte(word)) {
			t.Errorf("the dump has %q", word)
		}
	}
}

// signIn begins a session and returns whether it still counts.
func signIn(t testing.TB, f *fleet.Fleet, name string) func(by *fleet.Fleet) (ended bool, err error) {
	t.Helper()
	position, err := f.Sessions().Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return func(by *fleet.Fleet) (bool, error) {
		return by.Sessions().Revoked(t.Context(), revocation.Session{Names: []string{name}, Position: position})
	}
}

func TestSessionsOutliveAnEmptiedServer(t *testing.T) {
	server := redistest.Start(t)
	all := replicas(t, server.URL(), 3)
	stays, ended := signIn(t, all[0], "bob"), signIn(t, all[0], "alice")
	if err := all[1].Sessions().Revoke(t.Context(), "alice", time.Hour); err != nil {
		t.Fatal(err)
	}
	again := signIn(t, all[2], "alice")
	server.FlushAll(t)
	check := func(when string) {
		for i, f := range all {
			eventually(t, "an answer", func() bool { _, err := ended(f); return err == nil })
			for name, session := range map[string]struct {
				ended func(*fleet.Fleet) (bool, error)
				want  bool
			}{"signed out": {ended, true}, "signed in again": {again, false}, "not signed out": {stays, false}} {
				if got, err := session.ended(f); err != nil || got != session.want {
					t.Errorf("%s, replica %d, %s: ended %v, %v", when, i, name, got, err)
				}
			}
		}
	}
	// The three notice it one after the other, and each tells what it remembers.
	eventually(t, "the revocation is there again", func() bool {
		for _, f := range all {
			if is, err := ended(f); err != nil || !is {
				return false
			}
		}
		return true
	})
	check("emptied")
	after := signIn(t, all[0], "alice")
	if is, err := after(all[1]); err != nil || is {
		t.Errorf("a session that began afterwards: ended %v, %v", is, err)
	}
}

// A replica that has just started begins anew before the one that remembers can.
func TestSessionsOutliveAnEmptiedServerThatANewcomerFindsFirst(t *testing.T) {
	server := redistest.Start(t)
	proxy := netfault.Start(t, server.Addr())
	namespace := namespace()
	old := open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Namespace: namespace})
	stays, ended := signIn(t, old, "bob"), signIn(t, old, "alice")
	if err := old.Sessions().Revoke(t.Context(), "alice", time.Hour); err != nil {
		t.Fatal(err)
	}
	again := signIn(t, old, "alice")
	proxy.Swallow(netfault.Both)
	server.FlushAll(t)
	newcomer := open(t, fleet.Config{URL: server.URL(), Namespace: namespace})
	proxy.Heal(t)
	for name, f := range map[string]*fleet.Fleet{"the old one": old, "the newcomer": newcomer} {
		eventually(t, "the revocation is there again", func() bool { is, err := ended(f); return err == nil && is })
		for session, is := range map[string]func(*fleet.Fleet) (bool, error){"signed in again": again, "not signed out": stays} {
			if got, err := is(f); err != nil || got {
				t.Errorf("%s, %s: ended %v, %v", name, session, got, err)
			}
		}
	}
}

func TestOutageIsAnErrorAndRemovesNothing(t *testing.T) {
	server := redistest.Start(t, redistest.WithAppendOnly())
	all := replicas(t, server.URL(), 2)
	f, s := all[0], all[0].Sessions()
	e := token("1", "alice")
	put(t, f.Tokens(), e)
	if err := s.Save(t.Context(), "name", []byte("value"), time.Hour); err != nil {
		t.Fatal(err)
	}
	session := signIn(t, f, "alice")
	server.Freeze(t)
	eventually(t, "the lease is over", func() bool { return !has(f.Tokens(), e.Key) })
	began := time.Now()
	if _, err := f.Tokens().Get(t.Context(), e.Key, f.Tokens().Mark()); err == nil || errors.Is(err, store.ErrClaimLost) {
		t.Errorf("Get: %v", err)
	}
	if _, err := f.Tokens().Evict(t.Context(), store.Selector{User: "alice"}); err == nil {
		t.Error("Evict: no error")
	}
	if _, err := session(f); err == nil {
		t.Error("Revoked: no error")
	}
	if v, err := s.Load(t.Context(), "name"); err == nil {
		t.Errorf("Load: %q and no error", v)
	}
	if _, err := s.Position(t.Context()); err == nil {
		t.Error("Position: no error")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("five calls take %v", took)
	}
	server.Thaw(t)
	for i, f := range all {
		eventually(t, fmt.Sprint("replica ", i, " serves it again"), func() bool { return has(f.Tokens(), e.Key) })
		if is, err := session(f); err != nil || is {
			t.Errorf("replica %d: ended %v, %v", i, is, err)
		}
		if v, err := f.Sessions().Load(t.Context(), "name"); err != nil || string(v) != "value" {
			t.Errorf("replica %d: %q, %v", i, v, err)
		}
	}
}

func TestListenersHearOfOtherReplicasBeforeEvictReturns(t *testing.T) {
	all := replicas(t, redistest.Start(t).URL(), 3)
	var heard [3]atomic.Int64
	for i, f := range all {
		stop := f.OnRevoked(func(s store.Selector) {
			if s.User == "alice" {
				heard[i].Add(1)
			}
			if strings.HasPrefix(s.User, "panic") {
				panic(s.User)
			}
		})
		defer stop()
	}
	for n := range int64(20) {
		began := time.Now()
		for _, user := range []string{"panic", "alice"} {
			if _, err := all[n%3].Tokens().Evict(t.Context(), store.Selector{User: user}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range heard {
			if time.Since(began) > lease { // a replica was late, and not waited for
				eventually(t, "it has heard", func() bool { return heard[i].Load() > n })
			}
			if got := heard[i].Load(); got != n+1 {
				t.Fatalf("replica %d has heard %d of %d", i, got, n+1)
			}
		}
	}
}
