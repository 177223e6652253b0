package member

import (
	"strconv"
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

// What is dropped when there is too much is named by a single user or model: a revocation of everything stands for more.
func TestRevocationOfEverythingIsNeverForgottenForRoom(t *testing.T) {
	var m memory
	m.init()
	m.add(&Record{Tokens: &store.Selector{All: true}, Life: 60_000}, Position{"E1", 1, "a"}, History{"E1"})
	for i := range 2*mostRemembered + 1 {
		m.add(&Record{Tokens: &store.Selector{User: strconv.Itoa(i)}, Life: 60_000}, Position{"E1", uint64(i) + 2, "b"}, History{"E1"})
	}
	if !m.lossy {
		t.Fatal("nothing is forgotten")
	}
	if _, ok := m.ends[subject{tokens: store.Selector{All: true}}]; !ok {
		t.Error("the revocation of everything is forgotten")
	}
}
