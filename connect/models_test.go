package connect_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

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

func TestCallersDoNotWaitLongForMatterport(t *testing.T) {
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
		for range 50 {
			_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
			wantErr(t, "alice again", err, connect.ErrRateLimited)
		}
		d.log.has(t, "request refused", "user=alice", "reason=too_many_requests", "count=1")
		if n := strings.Count(d.log.String(), "too_many_requests"); n != 1 {
			t.Errorf("%d events of 51 refusals within a minute, want 1", n)
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
		_, err = d.Begin(t.Context(), alice, connect.Request{})
		wantErr(t, "Begin", err, connect.ErrRateLimited)
	})
}

func TestCallsAreCountedByTheConfiguredClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		d := newDesk(t, func(s *setup) { s.connect.Now = func() time.Time { return now } })
		var err error
		for range 100 {
			time.Sleep(time.Minute) // which the configured clock does not notice
			if _, err = d.Begin(t.Context(), alice, connect.Request{}); err != nil {
				break
			}
		}
		wantErr(t, "Begin", err, connect.ErrRateLimited)
		now = now.Add(time.Minute)
		if _, err := d.Begin(t.Context(), alice, connect.Request{}); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}
