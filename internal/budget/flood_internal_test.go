package budget

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/suite"
)

// Whoever makes up users, such as addresses, must not fill the memory.
func TestFloodOfUsersIsBounded(t *testing.T) {
	flood := suite.Rounds(100_000, 1_000_000)
	now := func() time.Time { return time.Unix(1_800_000_000, 0) }
	long := strings.Repeat("x", 200)
	b, d := New(10, time.Minute, now), NewDigest(1, time.Minute, now)
	for what, f := range map[string]struct {
		spend func(user string)
		len   func() int
	}{
		"budget": {func(user string) { b.Spend(user) }, b.users.len},
		"digest": {func(user string) { d.Note(user) }, d.users.len},
	} {
		before, most := suite.Heap(), 0.0
		for n := range flood {
			f.spend(long + strconv.Itoa(n))
			if n%(Most/2) == Most/2-1 {
				most = max(most, suite.Grown(before))
			}
			if f.len() > Most {
				t.Fatalf("%s: %d users are remembered, more than %d", what, f.len(), Most)
			}
		}
		t.Logf("%s: %d users of 200 bytes each: %d remembered, %.1f MB at most, %.0f B each", what, flood, f.len(), most, most*1e6/Most)
	}
	runtime.KeepAlive(b)
	runtime.KeepAlive(d)
}

func TestFullTableForgetsTheOldestOnly(t *testing.T) {
	b := New(1, time.Hour, func() time.Time { return time.Unix(1_800_000_000, 0) })
	b.Spend("oldest")
	b.Spend("active")
	for n := range Most {
		b.Spend(fmt.Sprint("n", n))
		if n%1000 == 0 && b.Spend("active") == 0 {
			t.Fatalf("who goes on to spend is forgotten after %d others", n)
		}
	}
	if wait := b.Wait("oldest"); wait != 0 {
		t.Errorf("a full table has the oldest user wait %v", wait)
	}
	if wait := b.Wait(fmt.Sprint("n", Most-1)); wait == 0 {
		t.Error("the newest user is forgotten")
	}
}
