package access_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// samples returns the content of the files that match one of the patterns.
func samples(f *testing.F, patterns ...string) [][]byte {
	f.Helper()
	var all [][]byte
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("no files like %s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			all = append(all, data)
		}
	}
	return all
}

func FuzzParseYAML(f *testing.F) {
	for _, data := range samples(f, "../testdata/allow*.yaml", "../testdata/allow-broken/*.yaml") {
		f.Add(data)
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

func FuzzExplain(f *testing.F) {
	for _, data := range samples(f, "../testdata/allow*.yaml") {
		f.Add(data, "alice", "Bob@example.com ", false, "Facilities\ntrue", office)
		f.Add(data, "", "x@mail.partner.example", true, "Lo\u0308schgruppe 1", "*")
	}
	f.Fuzz(func(t *testing.T, data []byte, id, email string, verified bool, groups, model string) {
		list, err := access.ParseYAML("allow.yaml", data)
		if err != nil {
			return
		}
		u := &identity.User{ID: id, Email: email, EmailVerified: verified, Groups: strings.Split(groups, "\n")}
		table := compile(t, list)
		e := explain(t, table, u, model)
		if allowed, err := table.Allowed(t.Context(), u, model); allowed != e.Allowed || err != nil {
			t.Errorf("Allowed = %v, %v, and Explain = %v", allowed, err, e)
		}
		if allowed := e.Reason == "rule"; allowed != e.Allowed || e.Text == "" {
			t.Errorf("Explain = %v", e)
		}
		if len(e.Rules) > 100 || len(e.Rules)+e.Omitted != len(list) {
			t.Errorf("%d rules and %d more; want %d in all", len(e.Rules), e.Omitted, len(list))
		}
		if n := len(e.String()); n > 300_000 {
			t.Errorf("a text of %d bytes", n)
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
