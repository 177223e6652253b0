package member

import (
	"testing"

	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

// Who revokes learns the number after the answer has come: by then a later revocation may have been applied.
func TestLatestPositionIsRememberedInWhateverOrderTheyCome(t *testing.T) {
	var m memory
	m.init()
	history := History{"E2", "E1"}
	for _, at := range []Position{{"E1", 9, "a"}, {"E2", 2, "b"}, {"E2", 1, "c"}, {"E1", 10, "d"}} {
		m.add(&Record{Session: "alice", Life: 60_000}, at, history)
	}
	m.add(&Record{Tokens: &store.Selector{User: "alice", Token: "t"}, Life: 60_000}, Position{"E2", 3, "e"}, history)
	names, args := m.announcements(vault.NewNames())
	if len(names) != 1 || len(names[0]) != 1 || args[0][0] != "E2.2.b" {
		t.Errorf("announces %q, %q, want E2.2.b alone", names, args)
	}
}
