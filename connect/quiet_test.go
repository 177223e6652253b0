package connect_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// wantWait checks that a call says when it can be made again, and that it says so at once.
func wantWait(t *testing.T, what string, err error, want time.Duration) {
	t.Helper()
	var e *connect.Error
	if !errors.Is(err, connect.ErrUnavailable) || !errors.As(err, &e) || e.RetryAfter != want {
		t.Errorf("%s: %v, want to wait for %v", what, err, want)
	}
}

func TestNothingIsRenewedBeforeTheTimeThatMatterportAskedFor(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		header string
		wait   time.Duration
	}{
		"429, seconds":    {429, "25", 25 * time.Second},
		"503, seconds":    {503, "25", 25 * time.Second},
		"minutes":         {429, "300", 5 * time.Minute},
		"429, no header":  {429, "", 5 * time.Second},
		"429, no meaning": {429, "soon", 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.connect(t, alice, harbour)
				time.Sleep(time.Hour)
				d.matterport.Fail("refresh_token", matterporttest.Status(tc.status, tc.header), -1)
				_, err := d.Token(t.Context(), alice, "")
				wantWait(t, "the first", err, tc.wait)
				calls := d.matterport.Calls("refresh_token")
				for i := range time.Duration(100) { // more than a user's budget
					_, err := d.Token(t.Context(), alice, "")
					wantWait(t, "another", err, tc.wait-i*tc.wait/200)
					time.Sleep(tc.wait / 200)
				}
				_, err = d.Models(t.Context(), alice, "", matterport.ModelQuery{})
				wantWait(t, "Models", err, tc.wait/2)
				if n := d.matterport.Calls("refresh_token"); n != calls {
					t.Errorf("%d more refreshes before the time", n-calls)
				}
				d.matterport.Heal()
				time.Sleep(tc.wait / 2)
				token(t, d.Connections, alice, "")
			})
		})
	}
}

// Matterport limits the token endpoint for the application.
func TestOtherAccountsAreNotRenewedBeforeTheTimeEither(t *testing.T) {
	for _, header := range []string{"7", "25"} { // one that is sat out, and one that is not
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t)
			d.connect(t, alice, harbour)
			d.connect(t, bob, gallery)
			time.Sleep(time.Hour)
			d.matterport.Fail("refresh_token", matterporttest.Status(429, header), 1)
			first := make(chan error, 1)
			go func() { _, err := d.Token(t.Context(), alice, ""); first <- err }()
			time.Sleep(time.Second)
			calls := d.matterport.Calls("refresh_token")
			wait, _ := time.ParseDuration(header + "s")
			_, err := d.Token(t.Context(), bob, "")
			wantWait(t, "bob", err, wait-time.Second)
			_, err = d.replica(t).Token(t.Context(), bob, "")
			wantWait(t, "bob, elsewhere", err, wait-time.Second)
			if n := d.matterport.Calls("refresh_token"); n != calls {
				t.Errorf("%d more refreshes before the time", n-calls)
			}
			if err := <-first; (err == nil) != (header == "7") {
				t.Errorf("alice: %v", err)
			}
			time.Sleep(wait)
			token(t, d.Connections, bob, "")
			token(t, d.Connections, alice, "")
		})
	}
}

func TestUsableTokenIsGivenOutWhileNothingMayBeRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		first := token(t, d.Connections, alice, "")
		time.Sleep(58*time.Minute + 10*time.Second)
		d.matterport.Fail("refresh_token", matterporttest.Status(429, "25"), -1)
		for range 3 {
			if got := token(t, d.Connections, alice, ""); got.AccessToken != first.AccessToken {
				t.Error("another token")
			}
		}
		if n := d.matterport.Calls("refresh_token"); n != 1 {
			t.Errorf("%d refreshes, want 1", n)
		}
	})
}

// Matterport limits the Model API for the account.
func TestModelsAreNotAskedForBeforeTheTime(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"429":   matterporttest.Status(429, "25"),
		"503":   matterporttest.Status(503, "25"),
		"quota": matterporttest.GraphQLError("quota.exceeded", 0),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.connect(t, alice, harbour)
				d.connect(t, bob, gallery)
				wait := 25 * time.Second
				if name == "quota" {
					wait = 5 * time.Second
				}
				d.matterport.Fail("*", failure, -1)
				_, err := d.Models(t.Context(), alice, "", matterport.ModelQuery{})
				wantWait(t, "Models", err, wait)
				calls := d.matterport.Calls("*")
				for range 100 {
					_, err = d.Models(t.Context(), alice, "", matterport.ModelQuery{})
					wantWait(t, "Models again", err, wait)
					_, err = d.Model(t.Context(), alice, "", "SxQL3iGyoDo")
					wantWait(t, "Model", err, wait)
				}
				if n := d.matterport.Calls("*"); n != calls {
					t.Errorf("%d more calls", n-calls)
				}
				d.matterport.Heal()
				if _, err = d.Models(t.Context(), bob, "", matterport.ModelQuery{}); err != nil {
					t.Errorf("another account: %v", err)
				}
				token(t, d.Connections, alice, "") // which needs no call
				time.Sleep(wait)
				if _, err = d.Models(t.Context(), alice, "", matterport.ModelQuery{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
