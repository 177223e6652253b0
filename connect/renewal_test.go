package connect_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestManyAtOnceMakeOneRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		replicas := []*connect.Connections{d.Connections, d.replica(t)}
		for _, at := range []time.Duration{58*time.Minute + 30*time.Second, time.Hour} {
			before := d.matterport.Calls("refresh_token")
			time.Sleep(at)
			d.matterport.Fail("refresh_token", matterporttest.Latency(time.Second), 1)
			var all sync.WaitGroup
			got := make([]connect.Token, 100)
			for i := range got {
				all.Go(func() { got[i] = token(t, replicas[i%2], alice, "") })
			}
			all.Wait()
			for _, one := range got {
				if one != got[0] {
					t.Fatal("not all got the same token")
				}
			}
			if n := d.matterport.Calls("refresh_token") - before; n != 1 {
				t.Errorf("%d refreshes upstream, want 1", n)
			}
		}
		if n := d.matterport.OverlappingRefreshes(); n != 0 {
			t.Errorf("%d refreshes overlapped", n)
		}
	})
}

func TestRotatedTokenIsStoredBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(s *setup) { s.emulator.StrictRotation = true })
		d.connect(t, alice, harbour)
		for range 40 { // days: longer than any refresh token lives
			time.Sleep(25 * time.Hour)
			token(t, d.Connections, alice, "")
			if _, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{}); err != nil {
				t.Fatal(err)
			}
		}
		d.log.has(t, "connection renewed", "with a new refresh token")
	})
}

func TestUsableTokenIsServedDuringAnOutage(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"down":        matterporttest.Status(503, ""),
		"hanging":     matterporttest.Hang(),
		"a proxy":     matterporttest.HTML(502),
		"dropping":    matterporttest.DropConnection(),
		"our secret?": matterporttest.OAuthError(401, "invalid_client"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.connect(t, alice, harbour)
				first := token(t, d.Connections, alice, "")
				time.Sleep(58 * time.Minute)
				d.matterport.Fail("refresh_token", failure, -1)
				start := time.Now()
				if got := token(t, d.Connections, alice, ""); got.AccessToken != first.AccessToken {
					t.Error("another token")
				}
				if waited := time.Since(start); waited > 2*time.Second {
					t.Errorf("waited %v", waited)
				}
				d.log.has(t, "access token reused: not renewed")
				time.Sleep(2 * time.Minute)
				_, err := d.Token(t.Context(), alice, "")
				if name == "our secret?" {
					wantErr(t, "dead", err, connect.ErrUpstream)
				} else {
					wantErr(t, "dead", err, connect.ErrUnavailable)
				}
				d.matterport.Heal()
				time.Sleep(time.Minute)
				token(t, d.Connections, alice, "")
			})
		})
	}
}

func TestMatterportsWishToBeLeftAloneIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(time.Hour)
		d.matterport.Fail("refresh_token", matterporttest.Status(429, "40"), 1)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		var e *connect.Error
		if !errors.As(err, &e) || e.RetryAfter != 40*time.Second {
			t.Errorf("%+v, want 40 s", e)
		}
	})
}

func TestConnectionForgottenWhileItIsRenewedStaysForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		id := d.connect(t, alice, harbour).ID
		time.Sleep(time.Hour)
		d.matterport.Fail("refresh_token", matterporttest.Latency(5*time.Second), 1)
		got := make(chan error)
		go func() { _, err := d.Token(t.Context(), alice, id); got <- err }()
		time.Sleep(time.Second)
		if err := d.Delete(t.Context(), alice, id); err != nil {
			t.Error(err)
		}
		wantErr(t, "Token", <-got, connect.ErrNotConnected)
	})
}

func TestCallerThatLeavesDoesNotDisturbTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(time.Hour)
		d.matterport.Fail("refresh_token", matterporttest.Latency(5*time.Second), 1)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		_, err := d.Token(ctx, alice, "")
		wantErr(t, "the one who leaves", err, context.DeadlineExceeded)
		if token(t, d.Connections, alice, ""); d.matterport.Calls("refresh_token") != 1 {
			t.Error("the refresh did not go on")
		}
	})
}

func TestRenewalThatCouldNotBeCommittedIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) {
			s.connect.Store = store
			s.emulator.StrictRotation = true // the stored token is void once Matterport has answered
		})
		d.connect(t, alice, harbour)
		time.Sleep(25 * time.Hour)
		for _, commit := range []error{errPanics, errors.New("connection to the database was lost"), errPanics} {
			store.set(nil, commit)
			_, err := d.Token(t.Context(), alice, "")
			wantErr(t, "Token", err, connect.ErrUnavailable)
		}
		store.set(errors.New("no route to the database"), nil)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		store.set(nil, nil)
		token(t, d.Connections, alice, "")
		if n := d.matterport.Calls("refresh_token"); n != 1 {
			t.Errorf("%d refreshes, want the one", n)
		}
		time.Sleep(25 * time.Hour)
		token(t, d.Connections, alice, "")
	})
}

func TestRenewalThatWaitedForTooLongIsCommittedAndRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) {
			s.connect.Store = store
			s.emulator.StrictRotation = true
		})
		d.connect(t, alice, harbour)
		time.Sleep(25 * time.Hour)
		store.set(nil, errors.New("connection to the database was lost"))
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		time.Sleep(2 * time.Hour)
		store.set(nil, nil)
		token(t, d.Connections, alice, "")
		if n := d.matterport.Calls("refresh_token"); n != 2 {
			t.Errorf("%d refreshes, want 2", n)
		}
	})
}

func TestUnsavedRenewalIsUsedForItsOwnTokensOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		id := d.connect(t, alice, harbour).ID
		time.Sleep(time.Hour)
		store.set(nil, errors.New("connection to the database was lost"))
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		store.set(nil, nil)
		d.connectAs(t, alice, gallery, connect.Request{Connection: id})
		time.Sleep(time.Hour)
		page, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
		if err != nil || page.Total != 3 {
			t.Errorf("the token of another account was used: %v, %v", page, err)
		}
	})
}

func TestNothingIsRenewedAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(time.Hour)
		d.matterport.Fail("refresh_token", matterporttest.Hang(), -1)
		done := make(chan error)
		go func() { _, err := d.Token(t.Context(), alice, ""); done <- err }()
		time.Sleep(time.Second)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		wantErr(t, "under way", <-done, connect.ErrUnavailable)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "later", err, connect.ErrUnavailable)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
}
