package connect_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestWhatMatterportRefuses(t *testing.T) {
	answer := func(query string) func(*testing.T, *desk, *connect.Attempt) connect.Callback {
		return func(t *testing.T, _ *desk, a *connect.Attempt) connect.Callback {
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			values.Set("attempt", a.ID)
			cb, ok := connect.ReadCallback(values)
			if !ok {
				t.Fatal("no callback")
			}
			return cb
		}
	}
	agreed := func(then func(*desk)) func(*testing.T, *desk, *connect.Attempt) connect.Callback {
		return func(t *testing.T, d *desk, a *connect.Attempt) connect.Callback {
			cb := d.agree(t, a, harbour)
			then(d)
			return cb
		}
	}
	for name, tc := range map[string]struct {
		back   func(*testing.T, *desk, *connect.Attempt) connect.Callback
		want   error
		logged string
	}{
		"denied":                 {answer("error=access_denied"), connect.ErrConsentDenied, "access_denied: "},
		"development mode":       {answer("error=unauthorized_client"), connect.ErrAccountRefused, "unauthorized_client: "},
		"in other words":         {answer("error=access_denied&error_description=Application+is+in+Development+Mode"), connect.ErrAccountRefused, ""},
		"scopes not allowed":     {answer("error=invalid_scope"), connect.ErrUpstream, "invalid_scope: "},
		"down":                   {answer("error=temporarily_unavailable"), connect.ErrUnavailable, ""},
		"out of order":           {answer("error=server_error"), connect.ErrUnavailable, ""},
		"something else":         {answer("error=injected&code=c"), connect.ErrUpstream, "unknown: "},
		"no code":                {answer("code="), connect.ErrInvalid, ""},
		"an invented code":       {answer("code=invented"), connect.ErrAttemptOver, "code_not_redeemed"},
		"a disabled application": {agreed(func(d *desk) { d.matterport.DisableApp(true) }), connect.ErrUpstream, "code_not_redeemed"},
		"not for this account": {agreed(func(d *desk) {
			d.matterport.Fail("token", matterporttest.OAuthError(400, "unauthorized_client"), 1)
		}), connect.ErrAccountRefused, ""},
		"token endpoint down": {agreed(func(d *desk) {
			d.matterport.Fail("token", matterporttest.Status(503, ""), -1)
		}), connect.ErrUnavailable, ""},
		"token endpoint silent": {agreed(func(d *desk) {
			d.matterport.Fail("token", matterporttest.Hang(), -1)
		}), connect.ErrUnavailable, ""},
		"a proxy's page": {agreed(func(d *desk) {
			d.matterport.Fail("token", matterporttest.HTML(200), -1)
		}), connect.ErrUpstream, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				a := begin(t, d.Connections, alice, connect.Request{})
				_, err := d.Finish(t.Context(), alice, tc.back(t, d, a), string(a.Proof))
				wantErr(t, name, err, tc.want)
				if list, _ := d.List(t.Context(), alice); len(list) != 0 {
					t.Errorf("connected: %v", list)
				}
				d.log.has(t, tc.logged)
				if strings.Contains(d.log.String(), "injected") {
					t.Error("the query is in the log")
				}
			})
		})
	}
}

func TestLessThanAskedForIsNotEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(s *setup) {
			s.app.Scopes = []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopeEditDetails}
		})
		d.matterport.GrantOnly(string(matterport.ScopeViewDetails))
		a := begin(t, d.Connections, alice, connect.Request{})
		_, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrMissingScopes)
		d.log.has(t, "missing_scopes", "EditDetails")
	})
}

func TestConnectingAgainKeepsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		first := d.connectAs(t, alice, harbour, connect.Request{Label: "Head office"})
		old := token(t, d.Connections, alice, first.ID)
		time.Sleep(time.Hour)
		token(t, d.Connections, alice, first.ID)
		again := d.connectAs(t, alice, harbour, connect.Request{Connection: first.ID})
		want := first
		want.Connected = time.Now()
		if diff := cmp.Diff(want, again); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if token(t, d.Connections, alice, "").AccessToken == old.AccessToken {
			t.Error("the old token is given out")
		}
	})
}

func TestConnectionForgottenMeanwhileIsNotConnectedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		first := d.connect(t, alice, harbour)
		a := begin(t, d.Connections, alice, connect.Request{Connection: first.ID})
		if err := d.Delete(t.Context(), alice, first.ID); err != nil {
			t.Fatal(err)
		}
		_, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrNotConnected)
	})
}

func TestBrowserThatLeavesDoesNotLoseTheCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		d.matterport.Fail("token", matterporttest.Latency(5*time.Second), 1)
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		_, err := d.Finish(ctx, alice, cb, string(a.Proof))
		wantErr(t, "Finish", err, context.DeadlineExceeded)
		time.Sleep(10 * time.Second)
		token(t, d.Connections, alice, "")
	})
}
