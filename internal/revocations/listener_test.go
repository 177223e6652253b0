package revocations_test

import (
	"slices"
	"testing"

	"github.com/go-pme/pme/internal/revocations"
)

// heard reports whether l was notified since the last call.
func heard(l *revocations.Listener) bool {
	select {
	case <-l.C:
		return true
	default:
		return false
	}
}

func TestListenersHearWhatConcernsThem(t *testing.T) {
	for name, test := range map[string]struct {
		user, model string
		want        []string // of alice's listener for A and B
		heard       bool
	}{
		"a model of the user":       {"alice", "B", []string{"B"}, true},
		"all models of the user":    {"alice", "", []string{"A", "B"}, true},
		"a model of all users":      {"", "A", []string{"A"}, true},
		"everything":                {"", "", []string{"A", "B"}, true},
		"another model of the user": {"alice", "C", nil, true},
		"another user":              {"bob", "", nil, false},
	} {
		iss := new(issuer)
		l := revocations.Listen(iss, "alice", []string{"A", "B"})
		revocations.Tell(&iss.counter, test.user, test.model)
		if got := heard(l); got != test.heard {
			t.Errorf("%s: heard %t", name, got)
		}
		if got := l.Revoked(); !slices.Equal(got, test.want) {
			t.Errorf("%s: revoked %q, want %q", name, got, test.want)
		}
		if got := l.Revoked(); got != nil {
			t.Errorf("%s: revoked once more: %q", name, got)
		}
	}
}

func TestChangesAreNotLostWhileAListenerIsBusy(t *testing.T) {
	iss := new(issuer)
	l := revocations.Listen(iss, "alice", []string{"A", "B"})
	for range 3 {
		revocations.Tell(&iss.counter, "alice", "B")
	}
	revocations.Tell(&iss.counter, "", "A")
	if !heard(l) || heard(l) {
		t.Error("want one notification")
	}
	if got := l.Revoked(); !slices.Equal(got, []string{"A", "B"}) {
		t.Errorf("revoked %q", got)
	}
}

func TestAChangeOfThePolicyRevokesNothing(t *testing.T) {
	iss := new(issuer)
	l := revocations.Listen(iss, "alice", []string{"A"})
	revocations.Changed(&iss.counter)
	if !heard(l) || l.Revoked() != nil {
		t.Error("want a notification, and no model")
	}
}

func TestAStoppedListenerHearsNothing(t *testing.T) {
	iss := new(issuer)
	l, other := revocations.Listen(iss, "alice", nil), revocations.Listen(iss, "alice", nil)
	l.Stop()
	l.Stop()
	revocations.Tell(&iss.counter, "alice", "")
	if heard(l) || !heard(other) {
		t.Error("want only the other to hear it")
	}
}

func TestEndIsToldToAllListeners(t *testing.T) {
	iss := new(issuer)
	before := revocations.Listen(iss, "alice", nil)
	revocations.End(&iss.counter)
	revocations.End(&iss.counter)
	for what, l := range map[string]*revocations.Listener{"before": before, "after": revocations.Listen(iss, "bob", nil)} {
		select {
		case <-l.Ended:
		default:
			t.Errorf("a listener from %s the end has not heard of it", what)
		}
	}
}

func TestRelaysHearOfWhatThisProcessTells(t *testing.T) {
	c := new(revocations.Counter)
	var relayed []string
	stop := revocations.Relay(c, func(user string) { relayed = append(relayed, user) })
	l := revocations.Listen(c, "alice", []string{"m"})
	defer l.Stop()
	revocations.TellHere(c, "alice", "m")
	if got := l.Revoked(); len(got) != 1 || len(relayed) != 0 {
		t.Errorf("the listener heard of %q, and the relay of %q", got, relayed)
	}
	revocations.Tell(c, "alice", "m")
	stop()
	revocations.Tell(c, "bob", "")
	if got := l.Revoked(); len(got) != 1 || !slices.Equal(relayed, []string{"alice"}) {
		t.Errorf("the listener heard of %q, and the relay of %q", got, relayed)
	}
}

func TestListenersAreCounted(t *testing.T) {
	c := new(revocations.Counter)
	a := revocations.Listen(c, "alice", []string{"x", "y"})
	b := revocations.Listen(c, "alice", []string{"y"})
	defer b.Stop()
	for _, tt := range []struct {
		user   string
		models []string
		want   int
	}{
		{"alice", []string{"x"}, 1},
		{"alice", []string{"y"}, 2},
		{"alice", []string{"x", "y"}, 2},
		{"alice", []string{"z"}, 0},
		{"alice", nil, 0},
		{"bob", []string{"x"}, 0},
		{"", []string{"x"}, 0},
	} {
		if got := revocations.Listening(c, tt.user, tt.models); got != tt.want {
			t.Errorf("%q %v: %d, want %d", tt.user, tt.models, got, tt.want)
		}
	}
	a.Stop()
	if got := revocations.Listening(c, "alice", []string{"x"}); got != 0 {
		t.Errorf("%d after Stop", got)
	}
}
