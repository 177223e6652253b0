package connect_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
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
				got := d.connectAs(t, alice, harbour, connect.Wish{Label: "  Häuser "})
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

func TestSeveralAccountsAreKeptApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		_, err := d.Find(t.Context(), alice, "")
		wantErr(t, "none", err, connect.ErrNotConnected)

		first := d.connectAs(t, alice, harbour, connect.Wish{Label: "first"})
		time.Sleep(time.Second)
		second := d.connectAs(t, alice, gallery, connect.Wish{Label: "second"})
		others := d.connect(t, bob, harbour)

		_, err = d.Token(t.Context(), alice, "")
		wantErr(t, "which?", err, connect.ErrSeveral)
		list, err := d.List(t.Context(), alice)
		if err != nil || len(list) != 2 || list[0].ID != first.ID || list[1].ID != second.ID {
			t.Errorf("list: %v, %v", list, err)
		}
		for id, want := range map[string]int{first.ID: len(matterporttest.DefaultModels()), second.ID: 3} {
			page, err := d.Models(t.Context(), alice, id, matterport.ModelQuery{})
			if err != nil || page.Total != want {
				t.Errorf("%d models wanted: %v, %v", want, page, err)
			}
		}
		for _, id := range []string{others.ID, "NOBODYS"} {
			_, err = d.Token(t.Context(), alice, id)
			wantErr(t, "token of "+id, err, connect.ErrNotConnected)
			_, err = d.Models(t.Context(), alice, id, matterport.ModelQuery{})
			wantErr(t, "models of "+id, err, connect.ErrNotConnected)
			_, err = d.Begin(t.Context(), alice, connect.Wish{Connection: id})
			wantErr(t, "again "+id, err, connect.ErrNotConnected)
			wantErr(t, "forget "+id, d.Disconnect(t.Context(), alice, id), connect.ErrNotConnected)
		}
		if _, err := d.Token(t.Context(), bob, others.ID); err != nil {
			t.Errorf("bob: %v", err)
		}
	})
}

func TestConnectionsAreListedAsTheyWereMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		var want []connect.Connection
		for range 6 {
			want = append(want, d.connect(t, alice, harbour))
			time.Sleep(time.Second)
		}
		got, err := d.List(t.Context(), alice)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
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
				other := begin(t, d.Connections, alice, connect.Wish{})
				_, err := d.Finish(t.Context(), alice, cb, string(other.Proof))
				return err
			},
			"the name of another attempt": func(d *desk, a *connect.Attempt, cb connect.Callback) error {
				cb.Attempt = begin(t, d.Connections, bob, connect.Wish{}).ID
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
				for range 5 {
					time.Sleep(time.Second)
					begin(t, d.Connections, alice, connect.Wish{})
				}
				_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
				return err
			},
		} {
			d := newDesk(t)
			a := begin(t, d.Connections, alice, connect.Wish{})
			cb := d.agree(t, a, harbour)
			before := d.matterport.Calls("token")
			wantErr(t, name, finish(d, a, cb), connect.ErrAttemptOver)
			d.log.has(t, "callback refused", "problem=")
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
		a := begin(t, d.Connections, alice, connect.Wish{})
		time.Sleep(10*time.Minute - time.Nanosecond)
		if _, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof)); err != nil {
			t.Error(err)
		}
	})
}

func TestAttemptIsGoodOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Wish{})
		cb := d.agree(t, a, harbour)
		if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Fatal(err)
		}
		_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "again", err, connect.ErrAttemptOver)

		wrong := begin(t, d.Connections, alice, connect.Wish{})
		cb = d.agree(t, wrong, harbour)
		_, err = d.Finish(t.Context(), alice, cb, "wrong")
		wantErr(t, "without proof", err, connect.ErrAttemptOver)
		_, err = d.Finish(t.Context(), alice, cb, string(wrong.Proof))
		wantErr(t, "after a wrong one", err, connect.ErrAttemptOver)
	})
}

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
		"denied":                 {answer("error=access_denied"), connect.ErrConsentDenied, "code=access_denied"},
		"development mode":       {answer("error=unauthorized_client"), connect.ErrAccountRefused, "code=unauthorized_client"},
		"in other words":         {answer("error=access_denied&error_description=Application+is+in+Development+Mode"), connect.ErrAccountRefused, ""},
		"scopes not allowed":     {answer("error=invalid_scope"), connect.ErrUpstream, "code=invalid_scope"},
		"down":                   {answer("error=temporarily_unavailable"), connect.ErrUnavailable, ""},
		"out of order":           {answer("error=server_error"), connect.ErrUnavailable, ""},
		"something else":         {answer("error=%0Ainjected&code=c"), connect.ErrUpstream, "code=unknown"},
		"no code":                {answer("code="), connect.ErrInvalid, ""},
		"an invented code":       {answer("code=invented"), connect.ErrAttemptOver, "code not redeemed"},
		"a disabled application": {agreed(func(d *desk) { d.matterport.DisableApp(true) }), connect.ErrUpstream, "code not redeemed"},
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
				a := begin(t, d.Connections, alice, connect.Wish{})
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
		a := begin(t, d.Connections, alice, connect.Wish{})
		_, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrMissingScopes)
		d.log.has(t, "scopes missing", "EditDetails")
	})
}

func TestConnectingAgainKeepsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		first := d.connectAs(t, alice, harbour, connect.Wish{Label: "Head office"})
		old := token(t, d.Connections, alice, first.ID)
		time.Sleep(time.Hour)
		token(t, d.Connections, alice, first.ID)
		again := d.connectAs(t, alice, harbour, connect.Wish{Connection: first.ID})
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
		a := begin(t, d.Connections, alice, connect.Wish{Connection: first.ID})
		if err := d.Disconnect(t.Context(), alice, first.ID); err != nil {
			t.Fatal(err)
		}
		_, err := d.Finish(t.Context(), alice, d.agree(t, a, harbour), string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrNotConnected)
	})
}

func TestConnectionsOfAPersonAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(s *setup) { s.connect.MaxPerUser = 2 })
		d.connect(t, alice, harbour)
		early := begin(t, d.Connections, alice, connect.Wish{})
		second := d.connect(t, alice, gallery)
		_, err := d.Begin(t.Context(), alice, connect.Wish{})
		wantErr(t, "Begin", err, connect.ErrTooMany)
		_, err = d.Finish(t.Context(), alice, d.agree(t, early, harbour), string(early.Proof))
		wantErr(t, "Finish", err, connect.ErrTooMany)
		if _, err := d.Begin(t.Context(), alice, connect.Wish{Connection: second.ID}); err != nil {
			t.Errorf("again: %v", err)
		}
	})
}

func TestLabelsAreChecked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		for label, ok := range map[string]bool{
			"": true, strings.Repeat("ö", 100): true, strings.Repeat("ö", 101): false, "two\nlines": false, "nul\x00": false, "\xff": false,
		} {
			_, err := d.Begin(t.Context(), alice, connect.Wish{Label: label})
			if ok && err != nil || !ok && !errors.Is(err, connect.ErrInvalid) {
				t.Errorf("%.20q: %v", label, err)
			}
		}
	})
}

func TestNobodyAndTheDeniedGetNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("directory is down")
		d := newDesk(t, func(s *setup) {
			s.connect.Allow = func(_ context.Context, u *identity.User) (bool, error) {
				if u.ID == "carol" {
					return false, broken
				}
				return u.ID == "alice", nil
			}
		})
		id := d.connect(t, alice, harbour).ID
		for _, tc := range []struct {
			u    *identity.User
			want error
		}{
			{nil, connect.ErrNotSignedIn},
			{&identity.User{}, connect.ErrNotSignedIn},
			{bob, connect.ErrDenied},
			{&identity.User{ID: "carol"}, connect.ErrUnavailable},
		} {
			_, err := d.Begin(t.Context(), tc.u, connect.Wish{})
			wantErr(t, "Begin", err, tc.want)
			_, err = d.Finish(t.Context(), tc.u, connect.Callback{Attempt: "A", Code: "c"}, "p")
			wantErr(t, "Finish", err, tc.want)
			_, err = d.List(t.Context(), tc.u)
			wantErr(t, "List", err, tc.want)
			_, err = d.Find(t.Context(), tc.u, id)
			wantErr(t, "Find", err, tc.want)
			_, err = d.Token(t.Context(), tc.u, id)
			wantErr(t, "Token", err, tc.want)
			_, err = d.Models(t.Context(), tc.u, id, matterport.ModelQuery{})
			wantErr(t, "Models", err, tc.want)
			_, err = d.Model(t.Context(), tc.u, id, "SxQL3iGyoDo")
			wantErr(t, "Model", err, tc.want)
			wantErr(t, "Disconnect", d.Disconnect(t.Context(), tc.u, id), tc.want)
		}
	})
}

func TestBrowserThatLeavesDoesNotLoseTheCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		a := begin(t, d.Connections, alice, connect.Wish{})
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

func TestStoreInTroubleConnectsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &troubled{Store: connect.NewMemory()}
		d := newDesk(t, func(s *setup) { s.connect.Store = store })
		a := begin(t, d.Connections, alice, connect.Wish{})
		cb := d.agree(t, a, harbour)
		store.set(errors.New("disk full"), nil)
		_, err := d.Begin(t.Context(), alice, connect.Wish{})
		wantErr(t, "Begin", err, connect.ErrUnavailable)
		_, err = d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrUnavailable)
		_, err = d.ForgetUser(t.Context(), "alice")
		wantErr(t, "ForgetUser", err, connect.ErrUnavailable)
		d.log.has(t, "connections in doubt", "disk full")
		store.set(nil, nil)
		if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Errorf("after the trouble: %v", err)
		}
	})
}

func TestForgottenUserIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.connect(t, alice, gallery)
		d.connect(t, bob, harbour)
		a := begin(t, d.Connections, alice, connect.Wish{})
		cb := d.agree(t, a, harbour)
		if n, err := d.ForgetUser(t.Context(), "alice"); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrAttemptOver)
		_, err = d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrNotConnected)
		token(t, d.Connections, bob, "")
		_, err = d.ForgetUser(t.Context(), "")
		wantErr(t, "nobody", err, connect.ErrInvalid)
	})
}

func TestTokensThatWouldBeRenewedEachTimeAreAMistake(t *testing.T) {
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: "id", ClientSecret: "secret", RedirectURL: "https://portal.example.com/callback",
		Scopes: []matterport.Scope{matterport.ScopeViewDetails}, AccessTokenLife: 10 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	for before, ok := range map[time.Duration]bool{0: true, 9*time.Minute + 30*time.Second: true, 9*time.Minute + 31*time.Second: false} {
		c, err := connect.New(connect.Config{App: app, Store: connect.NewMemory(), RefreshBefore: before})
		switch {
		case ok && err != nil:
			t.Errorf("%v: %v", before, err)
		case ok:
			_ = c.Close()
		case err == nil || !strings.Contains(err.Error(), "at least 10m1s"):
			t.Errorf("%v: %v", before, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	_, err := connect.New(connect.Config{RefreshBefore: time.Minute, MaxPerUser: -1})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"App is missing", "Store is missing", "RefreshBefore is 1m0s", "MaxPerUser"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}
