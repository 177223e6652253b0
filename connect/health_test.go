package connect_test

import (
	"context"
	"errors"
	"testing"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// degraded are the words of all parts, by name.
func degraded(t *testing.T, c *connect.Connections) map[string]string {
	t.Helper()
	words := make(map[string]string)
	for _, part := range c.HealthParts() {
		if err := part.Check(t.Context()); err != nil {
			var fit health.Degraded
			if !errors.As(err, &fit) {
				t.Errorf("%s: %v is no Degraded", part.Name, err)
			}
			words[part.Name] += err.Error()
		}
	}
	return words
}

func wantDegraded(t *testing.T, what string, c *connect.Connections, part, words string) {
	t.Helper()
	got := degraded(t, c)
	if got[part] != words || words == "" && len(got) != 0 || words != "" && len(got) != 1 {
		t.Errorf("%s: %q, want %q of %s alone", what, got, words, part)
	}
}

func TestStoreAndRuleAreDegradedAndWellAgain(t *testing.T) {
	stored := &troubled{Store: connect.NewMemory()}
	var rule error
	d := newDesk(t, func(s *setup) {
		s.connect.Store = stored
		s.connect.Allow = func(context.Context, *identity.User) (bool, error) { return true, rule }
	})
	list := func() { _, _ = d.List(t.Context(), alice) }
	wantDegraded(t, "unused", d.Connections, "connections", "")
	stored.set(errors.New("dial tcp 10.0.0.7"), nil)
	list()
	wantDegraded(t, "store", d.Connections, "connections", "the store of connected accounts fails")
	stored.set(nil, nil)
	list()
	wantDegraded(t, "store again", d.Connections, "connections", "")
	rule = errors.New("no directory")
	list()
	wantDegraded(t, "rule", d.Connections, "connections", "the rule for who may connect accounts fails")
	rule = nil
	_, err := d.Find(t.Context(), alice, "NOTHING") // a store that has no such record works
	wantErr(t, "Find", err, connect.ErrNotConnected)
	wantDegraded(t, "rule again", d.Connections, "connections", "")
}

// A problem of one account must not alarm the operator. A problem of the application must.
func TestRefusedAccountDoesNotDegradeTheApplication(t *testing.T) {
	const refused = "Matterport refuses the application, an operator has to check its credentials and settings"
	d := newDesk(t)
	for _, step := range []struct {
		code   string
		status int
		want   string
	}{
		{"access_denied", 400, ""},
		{"unauthorized_client", 400, ""},
		{"invalid_grant", 400, ""},
		{"invalid_client", 401, refused},
		{"access_denied", 400, refused},
		{"server_error", 500, "Matterport does not answer"},
		{"invalid_grant", 400, ""},
	} {
		d.matterport.Heal()
		attempt := begin(t, d.Connections, alice, connect.Request{})
		callback := d.agree(t, attempt, harbour)
		d.matterport.Fail("authorization_code", matterporttest.OAuthError(step.status, step.code), -1)
		_, _ = d.Finish(t.Context(), alice, callback, string(attempt.Proof))
		wantDegraded(t, step.code, d.Connections, "matterport_accounts", step.want)
	}
}
