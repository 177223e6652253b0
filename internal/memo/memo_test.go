package memo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/memo"
)

var later = time.Unix(1<<40, 0)

func keep(t *memo.Table[int], text, userID string, until time.Time, proof int) {
	t.Keep(t.Begin(), text, &identity.User{ID: userID, Groups: []string{"a"}}, until, proof)
}

func TestFindReturnsTheStoredUser(t *testing.T) {
	table := memo.New[int]()
	groups := []string{"a", "b"}
	table.Keep(table.Begin(), "cookie", &identity.User{ID: "alice", Groups: groups}, later, 7)
	groups[0] = "changed"
	e := table.Find("cookie")
	if e == nil || e.User.ID != "alice" || e.User.Groups[0] != "a" || e.Proof != 7 || !e.Until.Equal(later) {
		t.Fatalf("found %+v", e)
	}
	for _, other := range []string{"", "Cookie", "cookie ", "cooki"} {
		if e := table.Find(other); e != nil {
			t.Errorf("found %+v under %q", e, other)
		}
	}
	keep(table, "cookie", "bob", later, 8)
	if e := table.Find("cookie"); e == nil || e.User.ID != "bob" {
		t.Errorf("the newer entry was not found, but %+v", e)
	}
}

func TestLongTextsAreNotRemembered(t *testing.T) {
	table := memo.New[int]()
	for n, want := range map[int]bool{4096: true, 4097: false} {
		text := strings.Repeat("x", n)
		keep(table, text, "alice", later, 0)
		if got := table.Find(text) != nil; got != want {
			t.Errorf("%d bytes: kept %v", n, got)
		}
	}
}

func TestInvalidateDropsOneUser(t *testing.T) {
	table := memo.New[int]()
	keep(table, "a", "alice", later, 0)
	keep(table, "b", "bob", later, 0)
	begun := table.Begin()
	table.Invalidate("alice")
	if table.Find("a") != nil || table.Find("b") == nil {
		t.Errorf("after invalidating alice: a is kept %v, b is kept %v", table.Find("a") != nil, table.Find("b") != nil)
	}
	table.Keep(begun, "c", &identity.User{ID: "carol"}, later, 0)
	if table.Find("c") != nil {
		t.Error("kept what was being recognized while a user was invalidated")
	}
}

func TestClearDropsAll(t *testing.T) {
	table := memo.New[int]()
	keep(table, "a", "alice", later, 0)
	begun := table.Begin()
	table.Clear()
	table.Keep(begun, "b", &identity.User{ID: "bob"}, later, 0)
	if table.Find("a") != nil || table.Find("b") != nil {
		t.Errorf("a is kept %v, b is kept %v", table.Find("a") != nil, table.Find("b") != nil)
	}
	keep(table, "c", "carol", later, 0)
	if table.Find("c") == nil {
		t.Error("nothing is kept any more")
	}
}

func TestInvalidateOfNoUserDropsAll(t *testing.T) {
	table := memo.New[int]()
	keep(table, "a", "alice", later, 0)
	begun := table.Begin()
	table.Invalidate("")
	table.Keep(begun, "b", &identity.User{ID: "bob"}, later, 0)
	if table.Find("a") != nil || table.Find("b") != nil {
		t.Error("a user is remembered")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	table := memo.New[int]()
	const many = 50_000
	for i := range many {
		keep(table, fmt.Sprint("text ", i), "alice", later.Add(time.Duration(i)), i)
	}
	kept := 0
	for i := range many {
		if table.Find(fmt.Sprint("text ", i)) != nil {
			kept++
		}
	}
	if kept > 8192 || kept < 8000 {
		t.Errorf("%d of %d are kept, want nearly 8192", kept, many)
	}
	if table.Find(fmt.Sprint("text ", many-1)) == nil {
		t.Error("the newest was displaced")
	}
}
