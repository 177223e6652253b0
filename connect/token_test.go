package connect_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestTokenIsReusedUntilShortlyBeforeItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		first := token(t, d.Connections, alice, "")
		if first.ExpiresIn < 3590 || first.ExpiresIn > 3600 {
			t.Errorf("expires in %d s, want an hour", first.ExpiresIn)
		}
		time.Sleep(57 * time.Minute)
		if again := token(t, d.Connections, alice, ""); again.AccessToken != first.AccessToken {
			t.Error("renewed though three minutes were left")
		}
		if n := d.matterport.Calls("refresh_token"); n != 0 {
			t.Errorf("%d refreshes", n)
		}
		time.Sleep(time.Minute)
		next := token(t, d.Connections, alice, "")
		if next.AccessToken == first.AccessToken {
			t.Error("not renewed two minutes before its end")
		}
		if got, err := d.Find(t.Context(), alice, ""); err != nil || !got.Refreshed.Equal(time.Now()) {
			t.Errorf("refreshed %v, %v", got.Refreshed, err)
		}
	})
}

func TestTokenIsNeverServedBelowTheSDKsLead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.matterport.Fail("refresh_token", matterporttest.Status(503, ""), -1)
		time.Sleep(58 * time.Minute)
		for range 200 {
			got, err := d.Token(t.Context(), alice, "")
			if err == nil && got.ExpiresIn <= 60 {
				t.Fatalf("a token with %d s left", got.ExpiresIn)
			}
			if err != nil && !errors.Is(err, connect.ErrUnavailable) && !errors.Is(err, connect.ErrRateLimited) {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		d.matterport.Heal()
		time.Sleep(time.Minute)
		token(t, d.Connections, alice, "")
	})
}

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

func TestRotatedTokenIsOnRecordBeforeItIsUsed(t *testing.T) {
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
		d.log.has(t, "connection renewed", "rotated=true")
	})
}

func TestMatterportInTroubleIsNotNoticedWhileATokenLives(t *testing.T) {
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
				d.log.has(t, "access token reused in trouble")
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

func TestRevokedConnectionHasToBeConnectedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		id := d.connect(t, alice, harbour).ID
		d.matterport.RevokeGrants(harbour)
		time.Sleep(time.Hour)
		for range 3 {
			_, err := d.Token(t.Context(), alice, "")
			wantErr(t, "Token", err, connect.ErrReconnect)
		}
		if n := d.matterport.Calls("refresh_token"); n != 1 {
			t.Errorf("%d refreshes with a token that was refused", n)
		}
		_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
		wantErr(t, "Models", err, connect.ErrReconnect)
		r, err := d.store.Get(t.Context(), connect.Key{User: "alice", ID: id})
		if err != nil || r.RefreshToken != "" || r.AccessToken != "" {
			t.Errorf("tokens are still on record, or %v", err)
		}
		if got, err := d.Find(t.Context(), alice, id); err != nil || !got.Reconnect {
			t.Errorf("%+v, %v", got, err)
		}
		d.log.has(t, "connection lost", "user=alice", id)

		d.connectAs(t, alice, harbour, connect.Wish{Connection: id})
		token(t, d.Connections, alice, id)
	})
}

func TestRevocationShowsWithTheNextCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.matterport.RevokeGrants(harbour)
		_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
		wantErr(t, "Models", err, connect.ErrReconnect)
		_, err = d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrReconnect)
	})
}

func TestUnusedConnectionEndsAfterThirtyDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(30*24*time.Hour + time.Second)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrReconnect)
	})
}

func TestForgottenConnectionIsGoneEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		id := d.connect(t, alice, harbour).ID
		other := d.replica(t)
		token(t, other, alice, id)
		if err := d.Disconnect(t.Context(), alice, id); err != nil {
			t.Fatal(err)
		}
		_, err := other.Token(t.Context(), alice, id)
		wantErr(t, "Token", err, connect.ErrNotConnected)
		wantErr(t, "again", d.Disconnect(t.Context(), alice, id), connect.ErrNotConnected)
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
		if err := d.Disconnect(t.Context(), alice, id); err != nil {
			t.Error(err)
		}
		wantErr(t, "Token", <-got, connect.ErrNotConnected)
	})
}

func TestCallerWhoLeavesTakesNothingFromTheOthers(t *testing.T) {
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

func TestCallerWhoLeavesIsNoTroubleOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		d.connect(t, alice, harbour)
		ctx, leave := context.WithCancel(t.Context())
		leave()
		store.set(context.Canceled, nil)
		_, err := d.Token(ctx, alice, "")
		wantErr(t, "Token", err, context.Canceled)
		if errors.Is(err, connect.ErrUnavailable) || strings.Contains(d.log.String(), "in doubt") {
			t.Error("it is taken for one")
		}
	})
}

func TestRenewalThatCouldNotBeCommittedIsNotLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) {
			s.connect.Store = store
			s.emulator.StrictRotation = true // the token on record is void from the answer on
		})
		d.connect(t, alice, harbour)
		time.Sleep(25 * time.Hour)
		store.set(nil, errors.New("connection to the database was lost"))
		for range 3 {
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

func TestRenewalKeptInMindIsNotUsedForAnythingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		id := d.connect(t, alice, harbour).ID
		time.Sleep(time.Hour)
		store.set(nil, errors.New("connection to the database was lost"))
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
		store.set(nil, nil)
		d.connectAs(t, alice, gallery, connect.Wish{Connection: id})
		time.Sleep(time.Hour)
		page, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
		if err != nil || page.Total != 3 {
			t.Errorf("the token of another account was used: %v, %v", page, err)
		}
	})
}

func TestRefusedAccessTokenIsReplacedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		first := token(t, d.Connections, alice, "")
		d.matterport.Fail("models", matterporttest.ExpiredBearer(), 1)
		if _, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{}); err != nil {
			t.Error(err)
		}
		if token(t, d.Connections, alice, "").AccessToken == first.AccessToken {
			t.Error("the refused token is given out")
		}
		d.matterport.Fail("models", matterporttest.ExpiredBearer(), -1)
		before := d.matterport.Calls("refresh_token")
		_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
		wantErr(t, "refused again and again", err, connect.ErrUpstream)
		if n := d.matterport.Calls("refresh_token") - before; n != 1 {
			t.Errorf("%d refreshes for one call", n)
		}
	})
}

func TestModelsOfTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, gallery)
		page, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{Query: "print"})
		if err != nil || len(page.Models) != 1 || page.Models[0].Name != "Print Room" {
			t.Errorf("%v, %v", page, err)
		}
		m, err := d.Model(t.Context(), alice, "", "Rv4hGm8sKq2")
		if err != nil || m.Name != "Sculpture Hall" {
			t.Errorf("%v, %v", m, err)
		}
		_, err = d.Model(t.Context(), alice, "", "SxQL3iGyoDo")
		wantErr(t, "another account's", err, connect.ErrModelNotFound)
		_, err = d.Model(t.Context(), alice, "", "../../etc")
		wantErr(t, "no ID", err, connect.ErrInvalid)
		_, err = d.Models(t.Context(), alice, "", matterport.ModelQuery{PageSize: 5000})
		wantErr(t, "a page that is too long", err, connect.ErrInvalid)
	})
}

func TestNobodyWaitsLongForMatterport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		for _, failure := range []matterporttest.Failure{matterporttest.Hang(), matterporttest.Status(429, "40")} {
			d.matterport.Fail("models", failure, -1)
			start := time.Now()
			_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
			wantErr(t, "Models", err, connect.ErrUnavailable)
			if waited := time.Since(start); waited > 10*time.Second {
				t.Errorf("waited %v", waited)
			}
			d.matterport.Heal()
		}
	})
}

func TestOnePersonCannotKeepMatterportBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.connect(t, bob, harbour)
		var err error
		for range 100 {
			if _, err = d.Models(t.Context(), alice, "", matterport.ModelQuery{}); err != nil {
				break
			}
		}
		wantErr(t, "alice", err, connect.ErrRateLimited)
		var e *connect.Error
		if !errors.As(err, &e) || e.RetryAfter <= 0 {
			t.Error("no time to try again")
		}
		token(t, d.Connections, alice, "")
		if _, err := d.Models(t.Context(), bob, "", matterport.ModelQuery{}); err != nil {
			t.Errorf("bob: %v", err)
		}
		time.Sleep(e.RetryAfter)
		if _, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{}); err != nil {
			t.Errorf("alice later: %v", err)
		}
	})
}

func TestRefreshesAndAttemptsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(time.Hour)
		d.matterport.Fail("refresh_token", matterporttest.OAuthError(401, "invalid_client"), -1)
		var err error
		for range 100 {
			if _, err = d.Token(t.Context(), alice, ""); !errors.Is(err, connect.ErrUpstream) {
				break
			}
		}
		wantErr(t, "Token", err, connect.ErrRateLimited)
		_, err = d.Begin(t.Context(), alice, connect.Wish{})
		wantErr(t, "Begin", err, connect.ErrRateLimited)
	})
}

func TestTokensThatLiveTooShortAreAnOperatorsMatter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(s *setup) { s.emulator.OAuth.AccessTokenLife = time.Minute })
		d.connect(t, alice, harbour)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUpstream)
		if !strings.Contains(err.Error(), "5 minutes or more") {
			t.Errorf("the operator is not told what to do: %v", err)
		}
	})
}

func TestNothingIsGivenOutAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		token(t, d.Connections, alice, "")
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
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

// The whole life of connections, with everything that a log may hold, has none of their secrets in it.
func TestNoSecretIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Wish{})
		cb := d.agree(t, a, harbour)
		c, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		if err != nil {
			t.Fatal(err)
		}
		secrets := map[string]string{
			"code": cb.Code, "proof": string(a.Proof), "attempt": a.ID, "client secret": matterporttest.DefaultOAuthClientSecret,
		}
		remember := func(name string) {
			r, err := d.store.Get(t.Context(), connect.Key{User: "alice", ID: c.ID})
			if err != nil {
				t.Fatal(err)
			}
			secrets[name+" refresh token"], secrets[name+" access token"] = string(r.RefreshToken), string(r.AccessToken)
		}
		remember("first")
		time.Sleep(25 * time.Hour)
		token(t, d.Connections, alice, "")
		remember("second")
		d.matterport.Fail("refresh_token", matterporttest.OAuthError(500, "server_error"), 3)
		time.Sleep(2 * time.Hour)
		_, _ = d.Token(t.Context(), alice, "")
		d.matterport.RevokeGrants(harbour)
		time.Sleep(2 * time.Hour)
		_, _ = d.Token(t.Context(), alice, "")
		log := d.log.String()
		for name, secret := range secrets {
			if len(secret) < 8 {
				t.Errorf("%s is not there: %q", name, secret)
			} else if strings.Contains(log, secret) {
				t.Errorf("the %s is in the log", name)
			}
		}
	})
}
