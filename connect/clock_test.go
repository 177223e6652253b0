package connect_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// record returns what is stored of alice's only connection.
func (d *desk) record(t *testing.T) *store.Record {
	t.Helper()
	list, err := d.store.List(t.Context(), alice.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v, %v", list, err)
	}
	r, err := d.store.Get(t.Context(), list[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rewrite changes what is stored of alice's only connection.
func (d *desk) rewrite(t *testing.T, change func(*store.Record)) {
	t.Helper()
	err := d.store.Update(t.Context(), d.record(t).Key, func(_ context.Context, r *store.Record) error { change(r); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func TestProcessThatHasJustStartedLearnsTheTimeFirst(t *testing.T) {
	for name, at := range map[string]time.Duration{
		"29 s left":         time.Hour - 29*time.Second,
		"over for 2 min":    time.Hour + 2*time.Minute,
		"half of it left":   30 * time.Minute,
		"over for 29 hours": 30 * time.Hour,
	} {
		for _, off := range []time.Duration{-5 * time.Minute, -40 * 24 * time.Hour, 0, time.Hour} {
			t.Run(fmt.Sprint(name, ", off by ", off), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := newDesk(t)
					d.connect(t, alice, harbour)
					stored := d.record(t).AccessToken
					time.Sleep(at)
					c := d.restart(t, off)
					got := token(t, c, alice, "")
					if good := at == 30*time.Minute; (got.AccessToken == stored) != good {
						t.Errorf("the stored token is given out: %v, with %d s", !good, got.ExpiresIn)
					}
					if got.ExpiresIn > 3600 || at == 30*time.Minute && got.ExpiresIn > 1800 {
						t.Errorf("expires in %d s, an hour was granted", got.ExpiresIn)
					}
					if again := token(t, c, alice, ""); again.AccessToken != got.AccessToken {
						t.Error("renewed again, though the time is known")
					}
				})
			})
		}
	}
}

// In trouble, a stored token is not reused if it is unknown whether it has expired.
func TestNewProcessServesNoTokenDuringAnOutage(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"down":    matterporttest.Status(503, ""),
		"hanging": matterporttest.Hang(),
		"a proxy": matterporttest.Misdated(-time.Hour, matterporttest.HTML(502)),
		"gateway": matterporttest.Misdated(-time.Hour, matterporttest.JSON(502, `{"message":"no"}`)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.connect(t, alice, harbour)
				time.Sleep(time.Hour)
				c := d.restart(t, -5*time.Minute)
				d.matterport.Fail("*", failure, -1)
				for range 3 {
					_, err := c.Token(t.Context(), alice, "")
					wantErr(t, "Token", err, connect.ErrUnavailable)
					_, err = c.Models(t.Context(), alice, "", matterport.ModelQuery{})
					wantErr(t, "Models", err, connect.ErrUnavailable)
				}
				d.matterport.Heal()
				token(t, c, alice, "")
			})
		})
	}
}

func people(n int) []*identity.User {
	all := make([]*identity.User, n)
	for i := range all {
		all[i] = &identity.User{ID: fmt.Sprint("person ", i)}
	}
	return all
}

func TestRestartRenewsNothingThatIsStillGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		all := people(50)
		for _, u := range all {
			d.connect(t, u, harbour)
		}
		time.Sleep(30 * time.Minute)
		c := d.restart(t, -5*time.Minute)
		d.matterport.Fail("refresh_token", matterporttest.Latency(time.Second), -1)
		var wait sync.WaitGroup
		for _, u := range all {
			wait.Go(func() {
				if got := token(t, c, u, ""); got.ExpiresIn > 3600 {
					t.Errorf("expires in %d s", got.ExpiresIn)
				}
			})
		}
		wait.Wait()
		if n := d.matterport.Calls("refresh_token"); n != 0 {
			t.Errorf("%d refreshes of tokens that are good for half an hour", n)
		}
		if n := d.matterport.Calls("models"); n != 1 {
			t.Errorf("%d queries, want the one that tells the time", n)
		}
	})
}

func TestHangingRenewalDelaysOthersOnlyBriefly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		all := people(10)
		for _, u := range all {
			d.connect(t, u, harbour)
		}
		c := d.restart(t, 0)
		d.matterport.Fail("refresh_token", matterporttest.Hang(), 1)
		var wait sync.WaitGroup
		defer wait.Wait()
		wait.Go(func() { _, _ = c.Token(t.Context(), all[0], "") })
		synctest.Wait()
		start := time.Now()
		for _, u := range all[1:] {
			wait.Go(func() {
				token(t, c, u, "")
				if waited := time.Since(start); waited > 2*time.Second {
					t.Errorf("%s waited %v", u.ID, waited)
				}
			})
		}
	})
}

func TestAnswersWithoutADateAreAnOperatorsMatter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.matterport.Fail("*", matterporttest.Undated(matterporttest.Failure{}), -1)
		d.connect(t, alice, harbour)
		for range 2 {
			_, err := d.Token(t.Context(), alice, "")
			wantErr(t, "Token", err, connect.ErrUpstream)
			if !strings.Contains(err.Error(), "pass Date on") {
				t.Errorf("the operator is not told what to do: %v", err)
			}
		}
		d.matterport.Heal()
		if got := token(t, d.Connections, alice, ""); got.ExpiresIn > 3600 {
			t.Errorf("expires in %d s", got.ExpiresIn)
		}
	})
}

// A proxy's page whose Date is an hour slow once made a dead token look alive for as long as nothing was
// renewed.
func TestWrongDateDoesNotReviveAToken(t *testing.T) {
	for name, wrong := range map[string]struct {
		op      string
		failure matterporttest.Failure
	}{
		"a proxy's page":       {"models", matterporttest.Misdated(-time.Hour, matterporttest.HTML(502))},
		"a gateway's JSON":     {"models", matterporttest.Misdated(-time.Hour, matterporttest.JSON(502, `{"message":"timed out"}`))},
		"a gateway's errors":   {"models", matterporttest.Misdated(-time.Hour, matterporttest.JSON(502, `{"errors":[{"message":"no"}]}`))},
		"Matterport, once":     {"models", matterporttest.Misdated(-time.Hour, matterporttest.Failure{})},
		"Matterport's refusal": {"models", matterporttest.Misdated(-time.Hour, matterporttest.GraphQLError("request.invalid", 400))},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.connect(t, alice, harbour)
				first := token(t, d.Connections, alice, "")
				d.matterport.Fail(wrong.op, wrong.failure, 3) // a call with its repeats
				time.Sleep(50 * time.Minute)
				_, _ = d.Models(t.Context(), alice, "", matterport.ModelQuery{})
				d.matterport.Heal()
				if got := token(t, d.Connections, alice, ""); got.ExpiresIn > 600 {
					t.Errorf("ten minutes left, expires in %d s", got.ExpiresIn)
				}
				time.Sleep(15 * time.Minute)
				if got := token(t, d.Connections, alice, ""); got.AccessToken == first.AccessToken {
					t.Errorf("over for 5 minutes, expires in %d s", got.ExpiresIn)
				}
			})
		})
	}
}

// A renewal whose answer is an hour fast stops all tokens for a while. What comes after lives as long as it
// says.
func TestFastDateHealsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(59 * time.Minute)
		d.matterport.Fail("refresh_token", matterporttest.Misdated(time.Hour, matterporttest.Failure{}), 1)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUpstream)
		if r := d.record(t); r.ValidUntil.After(time.Now().Add(time.Hour)) {
			t.Errorf("the token is said to live for %v", time.Until(r.ValidUntil))
		}
		for range 2 {
			_, err = d.Token(t.Context(), alice, "")
			time.Sleep(11 * time.Second)
		}
		if got := token(t, d.Connections, alice, ""); got.ExpiresIn > 3600 || err != nil && !errors.Is(err, connect.ErrUpstream) {
			t.Errorf("expires in %d s, before that %v", got.ExpiresIn, err)
		}
	})
}

// A stored end is not authenticated, and clocks are corrected. Nothing lives longer than Matterport grants.
func TestStoredEndIsNotTrustedBeyondTheLifeOfTokens(t *testing.T) {
	for name, tc := range map[string]struct {
		asked   time.Duration
		fresh   bool // a process that has just started, but knows the time
		ends    time.Duration
		renewed bool
		most    int
	}{
		"an hour granted":           {0, false, time.Hour, false, 3600},
		"corrected by seconds":      {0, false, time.Hour + 30*time.Second, false, 3600},
		"two hours of one":          {0, false, 2 * time.Hour, true, 3600},
		"years":                     {0, false, 90000 * time.Hour, true, 3600},
		"beyond all durations":      {0, false, 1 << 62, true, 3600},
		"more than was asked for":   {15 * time.Minute, false, 20 * time.Minute, true, 900},
		"nothing granted here yet":  {0, true, 24 * time.Hour, false, 86400},
		"more than Matterport does": {0, true, 25 * time.Hour, true, 3600},
		"asked for, not granted":    {15 * time.Minute, true, 20 * time.Minute, true, 900},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, func(s *setup) { s.app.AccessTokenLife = tc.asked })
				d.connect(t, alice, harbour)
				c := d.Connections
				if tc.fresh {
					c = d.replica(t) // of the same app, which knows the time
				}
				d.rewrite(t, func(r *store.Record) { r.ValidUntil = time.Now().Add(tc.ends) })
				stored := d.record(t).AccessToken
				got := token(t, c, alice, "")
				if renewed := got.AccessToken != stored; renewed != tc.renewed || got.ExpiresIn > tc.most {
					t.Errorf("renewed: %v, expires in %d s; want %v, at most %d", renewed, got.ExpiresIn, tc.renewed, tc.most)
				}
				if again := token(t, c, alice, ""); again.AccessToken != got.AccessToken {
					t.Error("renewed again")
				}
			})
		})
	}
}

// Nor is it in trouble.
func TestImplausibleTokenIsNotReusedDuringAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.rewrite(t, func(r *store.Record) { r.ValidUntil = time.Now().Add(5 * time.Hour) })
		d.matterport.Fail("refresh_token", matterporttest.Status(503, ""), -1)
		_, err := d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrUnavailable)
	})
}
