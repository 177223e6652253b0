package access_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
)

func wantNamed(t *testing.T, policy access.Policy, want ...string) {
	t.Helper()
	namer, ok := policy.(access.GroupNamer)
	if !ok {
		t.Fatalf("%T is no GroupNamer", policy)
	}
	groups, known := namer.NamedGroups(policy)
	if got := slices.Sorted(slices.Values(groups)); !known || !slices.Equal(got, want) {
		t.Errorf("named are %q, %v; want %q", got, known, want)
	}
}

func TestListNamesItsGroups(t *testing.T) {
	wantNamed(t, compile(t, nil))
	wantNamed(t, compile(t, access.List{
		{Groups: []string{"staff", "Facilities"}, Models: []string{"*"}},
		{Groups: []string{"staff"}, Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo"}},
		{Emails: []string{"bob@example.com"}, Domains: []string{"example.org"}, Models: []string{"*"}},
	}), "Facilities", "staff")
	var policy access.Policy = access.Func(nil)
	if _, ok := policy.(access.GroupNamer); ok {
		t.Error("a Func names groups")
	}
}

// strict decides by more groups than its file names.
type strict struct{ *access.File }

func TestTypeThatEmbedsAFileIsNotTakenForIt(t *testing.T) {
	f := newFile(t, "rules:\n  - groups: [staff]\n    models: [SxQL3iGyoDo]\n")
	for _, policy := range []access.Policy{strict{f.File}, &strict{f.File}} {
		if groups, known := policy.(access.GroupNamer).NamedGroups(policy); known {
			t.Errorf("%T names %q", policy, groups)
		}
	}
}

func TestFileNamesTheGroupsOfTheListInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, "rules:\n  - groups: [staff]\n    models: [SxQL3iGyoDo]\n")
		wantNamed(t, f.File, "staff")
		var inTheCallback []string
		f.Watch(func() { inTheCallback, _ = f.NamedGroups(f.File) })
		write(t, f.path, "rules:\n  - groups: [staff, facilities]\n    models: [SxQL3iGyoDo]\n")
		time.Sleep(nextLook)
		synctest.Wait()
		wantNamed(t, f.File, "facilities", "staff")
		if !slices.Contains(inTheCallback, "facilities") {
			t.Errorf("as the callback ran, %q were named", inTheCallback)
		}
		write(t, f.path, broken)
		time.Sleep(nextLook)
		synctest.Wait()
		wantNamed(t, f.File, "facilities", "staff")
	})
}
