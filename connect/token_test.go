package connect_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
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
		r, err := d.store.Get(t.Context(), store.Key{User: "alice", ID: id})
		if err != nil || r.RefreshToken != "" || r.AccessToken != "" {
			t.Errorf("tokens are still stored, or %v", err)
		}
		if got, err := d.Find(t.Context(), alice, id); err != nil || !got.Reconnect {
			t.Errorf("%+v, %v", got, err)
		}
		d.log.has(t, "connection lost", "user=alice", id)

		d.connectAs(t, alice, harbour, connect.Request{Connection: id})
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

func TestCallerThatLeavesDoesNotDegradeTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		d.connect(t, alice, harbour)
		ctx, leave := context.WithCancel(t.Context())
		leave()
		store.set(context.Canceled, nil)
		_, err := d.Token(ctx, alice, "")
		wantErr(t, "Token", err, context.Canceled)
		if errors.Is(err, connect.ErrUnavailable) || strings.Contains(d.log.String(), "connections unavailable") {
			t.Error("it is taken for one")
		}
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

// The whole life of connections, with everything that a log may hold, has none of their secrets in it.
func TestNoSecretIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		c, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		if err != nil {
			t.Fatal(err)
		}
		secrets := map[string]string{
			"code": cb.Code, "proof": string(a.Proof), "attempt": a.ID, "client secret": matterporttest.DefaultOAuthClientSecret,
		}
		remember := func(name string) {
			r, err := d.store.Get(t.Context(), store.Key{User: "alice", ID: c.ID})
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
