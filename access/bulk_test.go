package access_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// The answers for many models and for one name must agree with Allowed and Grants.
func TestBulkAnswersAgreeWithAllowedAndGrants(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	lists, among, named := 0, 0, 0
	for range 4_000 {
		_, table := randomWorld(r)
		if table == nil {
			continue
		}
		lists++
		for range 10 {
			u := randomUser(r)
			models := some(r, slices.Concat(poolModels, nearModels, poolModels), 12)
			among += expectAmong(t, table, u, models)
			named += expectNames(t, table, u, models)
		}
	}
	t.Logf("%d lists, %d models allowed, %d named", lists, among, named)
	if lists < 1_000 || among < 5_000 || named < 500 {
		t.Error("too few to say anything")
	}
}

func expectAmong(t *testing.T, table *access.Table, u *identity.User, models []string) int {
	t.Helper()
	var want []string
	for _, id := range models {
		if ok, err := table.Allowed(t.Context(), u, id); ok && err == nil {
			want = append(want, id)
		}
	}
	got, err := table.AllowedAmong(t.Context(), u, models)
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
		t.Fatalf("AllowedAmong(%+v, %q) (-want +got), %v:\n%s", u, models, err, diff)
	}
	return len(got)
}

func expectNames(t *testing.T, table *access.Table, u *identity.User, models []string) (named int) {
	t.Helper()
	grants, err := table.Grants(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	names := make(map[string]string)
	for _, m := range grants.Models {
		names[m.ID] = m.Name
	}
	for _, id := range models {
		got, err := table.ModelName(t.Context(), u, id)
		if got != names[id] || err != nil {
			t.Fatalf("ModelName(%+v, %q) = %q, %v; want %q", u, id, got, err, names[id])
		}
		if got != "" {
			named++
		}
	}
	return named
}

func TestFileAnswersInBulk(t *testing.T) {
	file, err := access.OpenFile("../testdata/allow.yaml", access.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	bob := &identity.User{ID: "bob"}
	allowed, err := file.AllowedAmong(t.Context(), bob, []string{office, "Zh14WDtkjdC", "iL4RdJqi2yK"})
	if diff := cmp.Diff([]string{"Zh14WDtkjdC", "iL4RdJqi2yK"}, allowed); diff != "" || err != nil {
		t.Errorf("(-want +got), %v:\n%s", err, diff)
	}
	if name, err := file.ModelName(t.Context(), bob, "Zh14WDtkjdC"); name != "Laboratory" || err != nil {
		t.Errorf("ModelName = %q, %v", name, err)
	}
}
