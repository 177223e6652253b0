package issuer_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// slowUpstream takes a tenth of a second for each deletion, and notes how many there were at once.
type slowUpstream struct {
	*upstream
	busy, most atomic.Int64
}

func (u *slowUpstream) DeleteEmbedToken(ctx context.Context, token matterport.Secret) error {
	busy := u.busy.Add(1)
	defer u.busy.Add(-1)
	for most := u.most.Load(); busy > most; most = u.most.Load() {
		u.most.CompareAndSwap(most, busy)
	}
	select {
	case <-time.After(100 * time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	return u.upstream.DeleteEmbedToken(ctx, token)
}

// thousands is a rig whose store has so many tokens, of as many users, each of which lives for ten minutes.
func thousands(t *testing.T, n int) (*rig, *slowUpstream) {
	t.Helper()
	slow := new(slowUpstream)
	tokens := issuer.NewMemory(issuer.MemoryConfig{})
	r := newRig(t, func(c *issuer.Config) {
		slow.upstream = c.Matterport.(*upstream)
		c.Matterport, c.Store = slow, tokens
	})
	for i := range n {
		k := store.Key{User: fmt.Sprint("user", i), Models: [...]string{office, warehouse}[i%2]}
		c, err := tokens.Claim(t.Context(), k, tokens.Mark(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		e := &store.Entry{Key: k, Token: matterport.Secret(fmt.Sprint("secret-token-of-", i)), ValidUntil: time.Now().Add(10 * time.Minute)}
		if err := tokens.Put(t.Context(), c, e, 10*time.Minute); err != nil {
			t.Fatal(err)
		}
		r.up.set(func(u *upstream) { u.live[string(e.Token)] = office })
	}
	return r, slow
}

func TestOthersAreNotStarvedByThousandsOfDeletions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 3000
		r, slow := thousands(t, n)
		began := time.Now()
		out := r.revoke(t, store.Selector{All: true})
		if out.Tokens != n || out.Pending == 0 || time.Since(began) > 3*time.Second {
			t.Errorf("%+v after %v", out, time.Since(began))
		}
		r.issue(t, alice, office)
		r.issue(t, alice, warehouse)
		began = time.Now()
		if out := r.revoke(t, store.Selector{User: "alice"}); out != (issuer.Revocation{Tokens: 2}) || time.Since(began) > 300*time.Millisecond {
			t.Errorf("%+v after %v", out, time.Since(began))
		}
		time.Sleep(time.Minute)
		r.up.wantLive(t, 0)
		if most := slow.most.Load(); most > 8 {
			t.Errorf("%d deletions at once", most)
		}
		if _, _, deletes := r.up.count(); deletes != n+2 {
			t.Errorf("%d deletions, want each once", deletes)
		}
	})
}

func TestSeveralLargeRevocationsLeaveRoomTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, slow := thousands(t, 1000)
		r.revoke(t, store.Selector{Model: office})
		r.revoke(t, store.Selector{Model: warehouse})
		time.Sleep(time.Minute)
		r.up.wantLive(t, 0)
		if most := slow.most.Load(); most > 6 {
			t.Errorf("%d deletions at once", most)
		}
	})
}

// While Matterport refuses, few calls are made, however many tokens there are. Then it goes on, and each token is deleted.
func TestThousandsOfDeletionsAreRepeatedWithoutHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 1000
		r, _ := thousands(t, n)
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		if out := r.revoke(t, store.Selector{All: true}); out.Tokens != n || out.Pending != n {
			t.Errorf("%+v", out)
		}
		time.Sleep(time.Minute)
		_, _, deletes := r.up.count()
		if deletes > 60 {
			t.Errorf("%d attempts in a minute", deletes)
		}
		r.up.set(func(u *upstream) { u.stubborn = nil })
		time.Sleep(time.Minute + n/6*100*time.Millisecond)
		r.up.wantLive(t, 0)
	})
}

// Matterport may ask for a pause that is longer than one of ours.
func TestDeletionsWaitAsLongAsMatterportAsks(t *testing.T) {
	for _, n := range []int{1, 1000} {
		synctest.Test(t, func(t *testing.T) {
			r, _ := thousands(t, n)
			r.up.set(func(u *upstream) {
				u.stubborn = &matterport.Error{Op: "delete", RetryAfter: 50 * time.Second, Err: matterport.ErrRateLimited}
			})
			r.revoke(t, store.Selector{All: true})
			_, _, before := r.up.count()
			time.Sleep(45 * time.Second)
			if _, _, after := r.up.count(); after != before || before > 6 {
				t.Errorf("%d attempts, and %d in the pause", before, after-before)
			}
			r.up.set(func(u *upstream) { u.stubborn = nil })
			time.Sleep(time.Minute)
			r.up.wantLive(t, 0)
		})
	}
}

func TestThousandsOfTokensThatExpireAreNotDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := thousands(t, 1000)
		r.up.set(func(u *upstream) { u.stubborn = matterport.ErrUnavailable })
		r.revoke(t, store.Selector{All: true})
		time.Sleep(11 * time.Minute)
		_, _, before := r.up.count()
		time.Sleep(time.Hour)
		if _, _, after := r.up.count(); after != before {
			t.Errorf("%d attempts for expired tokens", after-before)
		}
	})
}

func TestThousandsOfDeletionsAreAbandonedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := thousands(t, 1000)
		out := r.revoke(t, store.Selector{All: true})
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		_, live, _ := r.up.count()
		if records := strings.Count(r.log.String(), "deletion abandoned"); records == 0 || records > 6 || live < out.Pending-6 {
			t.Errorf("%d records, %d tokens live, %+v", records, live, out)
		}
	})
}

// The deletions that another replica has left are worked off in the same way.
func TestThousandsOfOrphansAreDeleted(t *testing.T) {
	withLedger(t, func(t *testing.T, l *ledger, r *rig) {
		var all []*store.Entry
		for i := range 500 {
			all = append(all, r.orphan(fmt.Sprint("secret-token-", i)))
		}
		l.adopt(all)
		synctest.Wait()
		r.up.wantLive(t, 0)
		if len(l.noted) != len(all) {
			t.Errorf("%d are noted as deleted", len(l.noted))
		}
	})
}

func TestEventSaysThatEverythingWasRevoked(t *testing.T) {
	r := newRig(t, nil)
	r.issue(t, alice, office)
	r.issue(t, bob, warehouse)
	r.revoke(t, store.Selector{Model: office})
	if strings.Contains(r.log.String(), "reason=everything") {
		t.Errorf("one model is everything:\n%s", r.log)
	}
	r.revoke(t, store.Selector{All: true})
	if want := `msg="tokens revoked"`; !strings.Contains(r.log.String(), want) || !strings.Contains(r.log.String(), "reason=everything") {
		t.Errorf("the log does not say it:\n%s", r.log)
	}
}
