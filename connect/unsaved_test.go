package connect_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
)

var errLost = errors.New("connection to the database was lost")

// holding is a desk whose process holds a renewal that the store has not taken, and another replica.
func holding(t *testing.T) (d *desk, ill *troubled, other *connect.Connections) {
	t.Helper()
	raw := connect.NewMemory()
	ill = &troubled{Store: raw}
	d = newDesk(t, strict, func(s *setup) { s.connect.Store = ill })
	d.connect(t, alice, harbour)
	other = open(t, connect.Config{App: d.app, Store: raw, Logger: d.made.connect.Logger})
	time.Sleep(aDay)
	ill.set(nil, errLost)
	_, err := d.Token(t.Context(), alice, "")
	wantErr(t, "Token", err, connect.ErrUnavailable)
	return d, ill, other
}

func TestRenewalIsCommittedWithoutBeingAskedFor(t *testing.T) {
	for name, outage := range map[string]time.Duration{"moments": time.Second, "minutes": 10 * time.Minute, "hours": 5 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, ill, other := holding(t)
				ill.set(errLost, errLost)
				time.Sleep(outage)
				ill.set(nil, nil)
				time.Sleep(time.Second)
				token(t, other, alice, "")
				if n := d.matterport.Calls("refresh_token"); outage < time.Hour && n != 1 || n > 2 {
					t.Errorf("%d refreshes", n)
				}
				if strings.Contains(d.log.String(), "connection lost") {
					t.Error("the connection was lost for a while")
				}
			})
		})
	}
}

// The other replica has not seen the outage, and presents the old token before the new one is committed.
func TestOldTokenThatIsRefusedDoesNotLoseTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, ill, other := holding(t)
		ill.set(nil, nil)
		token(t, other, alice, "")
		if strings.Contains(d.log.String(), "connection lost") {
			t.Error("the connection was lost for a while")
		}
	})
}

// A replica that has seen the outage does not present the old token at all.
func TestReplicaWaitsAfterAnOutageBeforeItRenews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		raw := connect.NewMemory()
		ill := &troubled{Store: raw}
		d := newDesk(t, strict, func(s *setup) { s.connect.Store = ill })
		d.connect(t, alice, harbour)
		other := d.replica(t) // of the same store
		time.Sleep(aDay)
		ill.set(nil, errLost)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		ill.set(errLost, errLost)
		time.Sleep(time.Minute)
		_, err = other.Token(t.Context(), alice, "")
		wantErr(t, "the other in the outage", err, connect.ErrUnavailable)
		time.Sleep(10*time.Minute + 300*time.Millisecond)
		ill.set(nil, nil)
		token(t, other, alice, "")
		if n := d.matterport.Calls("refresh_token"); n != 1 {
			t.Errorf("%d refreshes, want one: the old token was presented", n)
		}
	})
}

// Only the replica that holds the renewal has lost the database.
func TestConnectionThatWasGivenUpWorksAgainOnceTheRenewalIsCommitted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, ill, other := holding(t)
		_, err := other.Token(t.Context(), alice, "")
		wantErr(t, "the other", err, connect.ErrReconnect)
		time.Sleep(time.Minute)
		ill.set(nil, nil)
		time.Sleep(time.Second)
		token(t, other, alice, "")
	})
}

func TestRenewalDoesNotReplaceAnAccountThatWasConnectedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, ill, other := holding(t)
		_, err := other.Token(t.Context(), alice, "")
		wantErr(t, "the other", err, connect.ErrReconnect)
		list, err := other.List(t.Context(), alice)
		if err != nil {
			t.Fatal(err)
		}
		a := begin(t, other, alice, connect.Request{Connection: list[0].ID})
		if _, err := other.Finish(t.Context(), alice, d.agree(t, a, gallery), string(a.Proof)); err != nil {
			t.Fatal(err)
		}
		want := token(t, other, alice, "")
		ill.set(nil, nil)
		time.Sleep(time.Minute)
		if got := token(t, other, alice, ""); got.AccessToken != want.AccessToken {
			t.Error("the renewal of the account before was committed")
		}
	})
}

func TestStoreThatFailsIsAskedAtMostOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, ill, _ := holding(t)
		before := ill.updates.Load()
		time.Sleep(10 * time.Minute)
		if n := ill.updates.Load() - before; n < 500 || n > 610 {
			t.Errorf("%d attempts to commit in ten minutes", n)
		}
		ill.set(nil, nil)
		time.Sleep(time.Second)
		before = ill.updates.Load()
		time.Sleep(10 * time.Minute)
		if n := ill.updates.Load() - before; n != 0 {
			t.Errorf("%d attempts after the commit", n)
		}
	})
}
