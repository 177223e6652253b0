package access_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func FuzzParseYAML(f *testing.F) {
	for _, pattern := range []string{"../testdata/allow*.yaml", "../testdata/allow-broken/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no files like %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := access.ParseYAML("allow.yaml", data)
		if err != nil {
			if list != nil {
				t.Errorf("a list in spite of %v: %v", err, list)
			}
			return
		}
		table, err := access.Compile(list)
		if err != nil {
			t.Fatalf("ParseYAML accepts what Compile refuses: %v", err)
		}
		again, err := access.ParseYAML("allow.yaml", data)
		if !reflect.DeepEqual(list, again) || err != nil {
			t.Errorf("read twice: %v, then %v, %v", list, again, err)
		}
		for _, nobody := range []*identity.User{
			nil,
			{EmailVerified: true, Groups: []string{""}},
			{ID: "no rule can know me \x00", EmailVerified: true, Groups: []string{"", ""}},
			{ID: "no rule can know me \x00", Email: "@", EmailVerified: true},
			{ID: "no rule can know me \x00", Email: "a@b@c", EmailVerified: true},
		} {
			expectNothing(t, table, nobody, list)
		}
	})
}

// expectNothing checks that u is granted none of the list's models, and no other.
func expectNothing(t *testing.T, table *access.Table, u *identity.User, list access.List) {
	t.Helper()
	models := []string{"00000000000"}
	for _, r := range list {
		for _, id := range r.Users {
			if u != nil && id == u.ID {
				return // the fuzzer has found the name
			}
		}
		models = append(models, r.Models...)
	}
	for _, m := range models {
		if ok, err := table.Allowed(t.Context(), u, m); ok || err != nil {
			t.Errorf("Allowed(%+v, %q) = %v, %v; want false", u, m, ok, err)
		}
	}
	if g, err := table.Grants(t.Context(), u); g.Open || len(g.Models) > 0 || err != nil {
		t.Errorf("Grants(%+v) = %v, %v; want nothing", u, g, err)
	}
}
