package connect_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

func TestAccountIsConnected(t *testing.T) {
	for name, change := range map[string]func(*setup){
		"matterport echoes no state": func(*setup) {},
		"matterport echoes state":    func(s *setup) { s.emulator.EchoState = true },
		"matterport ignores PKCE":    func(s *setup) { s.emulator.IgnorePKCE = true },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, change)
				got := d.connectAs(t, alice, harbour, connect.Request{Label: "  Häuser "})
				if len(got.ID) != 26 {
					t.Errorf("ID %q", got.ID)
				}
				want := connect.Connection{
					ID: got.ID, Label: "Häuser", Scopes: []matterport.Scope{matterport.ScopeViewDetails}, Connected: time.Now(),
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				found, err := d.Find(t.Context(), alice, "")
				if diff := cmp.Diff(want, found); diff != "" || err != nil {
					t.Errorf("Find: %v (-want +got):\n%s", err, diff)
				}
				d.log.has(t, "account connected", "user=alice", got.ID)
			})
		})
	}
}

func TestAttemptBelongsToItsUserAndItsBrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, finish := range map[string]func(d *desk, a *connect.Attempt, cb connect.Callback) error{
			"another user": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				_, err := d.Finish(t.Context(), bob, cb, string(a.Proof))
				return err
			},
			"another browser": func(d *desk, _ *connect.Attempt, cb connect.Callback) error {
				_, err := d.Finish(t.Context(), alice, cb, "")
				return err
			},
			"the cookie of another attempt": func(d *desk, _ *connect.Attempt, cb connect.Callback) error {
				other := begin(t, d.Connections, alice, connect.Request{})
				_, err := d.Finish(t.Context(), alice, cb, string(other.Proof))
				return err
			},
			"the name of another attempt": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				cb.Attempt = begin(t, d.Connections, bob, connect.Request{}).ID
				_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
				return err
			},
			"an invented name": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				cb.Attempt = strings.Repeat("A", 26)
				_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
				return err
			},
			"too late": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				time.Sleep(10 * time.Minute)
				_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
				return err
			},
			"made room for others": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				for range 16 {
					time.Sleep(time.Second)
					begin(t, d.Connections, alice, connect.Request{})
				}
				_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
				return err
			},
		} {
			d := newDesk(t)
			a := begin(t, d.Connections, alice, connect.Request{})
			cb := d.agree(t, a, harbour)
			before := d.matterport.Calls("token")
			wantErr(t, name, finish(d, a, cb), connect.ErrAttemptOver)
			d.log.has(t, "connecting refused", "reason=attempt_over")
			if n := d.matterport.Calls("token") - before; n != 0 {
				t.Errorf("%s: the code was sent to Matterport", name)
			}
			for _, u := range []*identity.User{alice, bob} {
				if list, err := d.List(t.Context(), u); err != nil || len(list) != 0 {
					t.Errorf("%s: %s has %v, %v", name, u.ID, list, err)
				}
			}
		}
	})
}

func TestAttemptIsGoodUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		time.Sleep(10*time.Minute - time.Nanosecond)
		if _, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof)); err != nil {
			t.Error(err)
		}
	})
}

func TestAttemptIsGoodBesideFifteenOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		for range 15 {
			begin(t, d.Connections, alice, connect.Request{})
		}
		if _, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof)); err != nil {
			t.Error(err)
		}
	})
}

func TestAttemptIsGoodOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Fatal(err)
		}
		_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "again", err, connect.ErrAttemptOver)
	})
}

func TestAttemptIsNotUsedUpByOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		other := begin(t, d.Connections, bob, connect.Request{})
		cb := d.agree(t, a, harbour)
		for _, stranger := range []struct {
			user  *identity.User
			proof string
		}{{bob, ""}, {bob, string(other.Proof)}, {bob, string(a.Proof)}, {alice, ""}, {alice, "wrong"}} {
			_, err := d.Finish(t.Context(), stranger.user, cb, stranger.proof)
			wantErr(t, "a stranger", err, connect.ErrAttemptOver)
		}
		d.log.has(t, "connecting refused", "user=bob", "begun by another user or in another browser")
		if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Errorf("its own user, after strangers: %v", err)
		}
	})
}

func TestLabelsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		for label, ok := range map[string]bool{
			"משרד ראשי": true, "مكتب رئيسي": true, "خانه\u200cها": true, "👩\u200d💻 🏳\ufe0f\u200d🌈 1\ufe0f⃣": true,
			"a\u202eb": false, "a\u2066b": false, "a\u061cb": false, "\u200fa": false, "a\u2028b": false, "a\u2029b": false, "a\u206ab": false,
			"": true, strings.Repeat("ö", 100): true, strings.Repeat("ö", 101): false, "two\nlines": false, "nul\x00": false, "\xff": false,
		} {
			_, err := d.Begin(t.Context(), alice, connect.Request{Label: label})
			if ok && err != nil || !ok && !errors.Is(err, connect.ErrInvalid) {
				t.Errorf("%.20q: %v", label, err)
			}
		}
	})
}

func TestFailingStoreConnectsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		store.set(errors.New("disk full"), nil)
		_, err := d.Begin(t.Context(), alice, connect.Request{})
		wantErr(t, "Begin", err, connect.ErrUnavailable)
		_, err = d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrUnavailable)
		_, err = d.DeleteUser(t.Context(), "alice")
		wantErr(t, "DeleteUser", err, connect.ErrUnavailable)
		d.log.has(t, "connections unavailable", "disk full")
		store.set(nil, nil)
		if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Errorf("after the trouble: %v", err)
		}
	})
}
