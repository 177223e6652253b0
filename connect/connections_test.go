package connect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestForgottenConnectionIsGoneEverywhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		id := d.connect(t, alice, harbour).ID
		other := d.replica(t)
		token(t, other, alice, id)
		if err := d.Delete(t.Context(), alice, id); err != nil {
			t.Fatal(err)
		}
		_, err := other.Token(t.Context(), alice, id)
		wantErr(t, "Token", err, connect.ErrNotConnected)
		wantErr(t, "again", d.Delete(t.Context(), alice, id), connect.ErrNotConnected)
	})
}

func TestSeveralAccountsAreSeparate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		_, err := d.Find(t.Context(), alice, "")
		wantErr(t, "none", err, connect.ErrNotConnected)

		first := d.connectAs(t, alice, harbour, connect.Request{Label: "first"})
		time.Sleep(time.Second)
		second := d.connectAs(t, alice, gallery, connect.Request{Label: "second"})
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
			_, err = d.Begin(t.Context(), alice, connect.Request{Connection: id})
			wantErr(t, "again "+id, err, connect.ErrNotConnected)
			wantErr(t, "delete "+id, d.Delete(t.Context(), alice, id), connect.ErrNotConnected)
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

func TestConnectionsOfAPersonAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, func(s *setup) { s.connect.MaxPerUser = 2 })
		d.connect(t, alice, harbour)
		early := begin(t, d.Connections, alice, connect.Request{})
		second := d.connect(t, alice, gallery)
		_, err := d.Begin(t.Context(), alice, connect.Request{})
		wantErr(t, "Begin", err, connect.ErrTooMany)
		_, err = d.Finish(t.Context(), alice, d.agree(t, early, harbour), string(early.Proof))
		wantErr(t, "Finish", err, connect.ErrTooMany)
		if _, err := d.Begin(t.Context(), alice, connect.Request{Connection: second.ID}); err != nil {
			t.Errorf("again: %v", err)
		}
	})
}

func TestUnauthenticatedAndDeniedUsersGetNoToken(t *testing.T) {
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
			_, err := d.Begin(t.Context(), tc.u, connect.Request{})
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
			wantErr(t, "Delete", d.Delete(t.Context(), tc.u, id), tc.want)
		}
	})
}

func TestForgottenUserIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		d.connect(t, alice, gallery)
		d.connect(t, bob, harbour)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		if n, err := d.DeleteUser(t.Context(), "alice"); n != 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "Finish", err, connect.ErrAttemptOver)
		_, err = d.Token(t.Context(), alice, "")
		wantErr(t, "Token", err, connect.ErrNotConnected)
		token(t, d.Connections, bob, "")
		_, err = d.DeleteUser(t.Context(), "")
		wantErr(t, "no user", err, connect.ErrInvalid)
	})
}
