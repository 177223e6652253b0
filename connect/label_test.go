package connect_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestConnectionIsRenamedWhileItIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, strict)
		id := d.connect(t, alice, harbour).ID
		time.Sleep(aDay)
		d.matterport.Fail("refresh_token", matterporttest.LateAnswer(5*time.Second), 1)
		go func() { _, _ = d.Token(t.Context(), alice, "") }()
		time.Sleep(time.Second)
		renamed, err := d.Rename(t.Context(), alice, id, " Pier ")
		if err != nil || renamed.Label != "Pier" || renamed.ID != id {
			t.Errorf("%+v, %v", renamed, err)
		}
		token(t, d.Connections, alice, id)
		if n := d.matterport.Calls("refresh_token"); n != 1 {
			t.Errorf("%d refreshes, want 1: the new tokens were lost", n)
		}
		if list, err := d.List(t.Context(), alice); err != nil || len(list) != 1 || list[0].Label != "Pier" {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestRenamingChecksAllow(t *testing.T) {
	d := newDesk(t)
	id := d.connect(t, alice, harbour).ID
	for what, tc := range map[string]struct {
		user  *identity.User
		id    string
		label string
		want  error
	}{
		"not signed in": {nil, id, "Pier", connect.ErrNotSignedIn},
		"another user":  {bob, id, "Pier", connect.ErrNotConnected},
		"no connection": {alice, "ABC", "Pier", connect.ErrNotConnected},
		"no label":      {alice, id, "two\nlines", connect.ErrInvalid},
	} {
		_, err := d.Rename(t.Context(), tc.user, tc.id, tc.label)
		wantErr(t, what, err, tc.want)
	}
	if r := d.record(t); r.Label != "" {
		t.Errorf("renamed: %q", r.Label)
	}
}
