package storetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

func valueComesBackWhole(t *testing.T, s store.Store) {
	var all [256]byte
	for i := range all {
		all[i] = byte(i)
	}
	for name, value := range map[string]string{
		"bytes": string(all[:]), "one byte": "\x00", "some KiB": strings.Repeat("x", 5<<10), "longest": strings.Repeat("x", 2<<20), "not UTF-8": "\xff\xfe",
	} {
		save(t, s, name, value, long)
		wantValue(t, s, name, value)
	}
	wantValue(t, s, "another", "")
}

func valueIsReplaced(t *testing.T, s store.Store) {
	save(t, s, "a", "first", long)
	save(t, s, "a", "second", long)
	save(t, s, "b", "other", long)
	wantValue(t, s, "a", "second")
	wantValue(t, s, "b", "other")
}

func valueIsDeleted(t *testing.T, s store.Store) {
	save(t, s, "a", "value", long)
	save(t, s, "b", "value", long)
	remove(t, s, "a")
	wantValue(t, s, "a", "")
	wantValue(t, s, "b", "value")
	remove(t, s, "a")
	save(t, s, "a", "again", long)
	wantValue(t, s, "a", "again")
}

func valueExpires(t *testing.T, s store.Store) {
	save(t, s, "a", "short", soon)
	save(t, s, "b", "long", long)
	eventually(t, "the value has expired", func() bool { return load(t, s, "a") == nil })
	wantValue(t, s, "b", "long")
}

func replacedValueHasTheNewTTL(t *testing.T, s store.Store) {
	save(t, s, "a", "short", soon)
	save(t, s, "a", "long", long)
	save(t, s, "b", "long", long)
	save(t, s, "b", "short", soon)
	eventually(t, "the value has expired", func() bool { return load(t, s, "b") == nil })
	wantValue(t, s, "a", "long")
}

func slicesAreNotShared(t *testing.T, s store.Store) {
	value := []byte("value")
	if err := s.Save(t.Context(), "a", value, long); err != nil {
		t.Fatal(err)
	}
	copy(value, "XXXXX")
	wantValue(t, s, "a", "value")
	copy(load(t, s, "a"), "XXXXX")
	wantValue(t, s, "a", "value")
}

func manyValuesAtOnce(t *testing.T, s store.Store) {
	suite.Together(50, func(i int) {
		name := fmt.Sprint("session", i)
		for n := range 20 {
			value := fmt.Sprint(i, "/", n)
			save(t, s, name, value, long)
			save(t, s, "all", strings.Repeat("x", i+1), long)
			wantValue(t, s, name, value)
		}
		remove(t, s, name)
		wantValue(t, s, name, "")
	})
	if got := load(t, s, "all"); len(got) == 0 || !bytes.Equal(got, bytes.Repeat([]byte("x"), len(got))) {
		t.Errorf("Load returns %q, want one of the saved values", got)
	}
}

func emptyStoreHasNothing(t *testing.T, s store.Store) {
	wantRevoked(t, s, "a", false)
	wantValue(t, s, "a", "")
	remove(t, s, "a")
}

func kindsAreApart(t *testing.T, s store.Store) {
	revoke(t, s, "a")
	wantValue(t, s, "a", "")
	wantOnce(t, s, "a", true)
	save(t, s, "a", "value", long)
	wantRevoked(t, s, "a", true)
	wantOnce(t, s, "a", false)
	remove(t, s, "a")
	wantRevoked(t, s, "a", true)
	wantOnce(t, s, "a", false)
	save(t, s, "b", "value", long)
	wantOnce(t, s, "b", true)
	wantRevoked(t, s, "b", false)
}

func awkwardNamesAreApart(t *testing.T, s store.Store) {
	names := []string{
		"oidc@x/ended/user/https://id.example#alice", "oidc@x/ended/user/https://id.example#Alice", "oidc@x/ended/user/*",
		"a", "a ", " a", "A", "a/", "a/b", "a:b", "a%2Fb", "a'b", `a"b`, `a\b`, "a{b}", "a_b", "a?b", "a[b]", "-", "$0",
		strings.Repeat("n", 299), strings.Repeat("n", 300),
	}
	for _, name := range names {
		save(t, s, name, name, long)
		wantOnce(t, s, name, true)
	}
	for _, name := range names {
		wantValue(t, s, name, name)
	}
}

func endedContextRemovesNothing(t *testing.T, s store.Store) {
	save(t, s, "a", "value", long)
	wantOnce(t, s, "a", true)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if value, err := s.Load(ctx, "a"); err == nil && string(value) != "value" {
		t.Errorf("Load returns %q and no error, want the value or an error", value)
	}
	if first, err := s.Once(ctx, "a", long); err == nil && first {
		t.Error("Once reports true and no error for a name that was used")
	}
	wantValue(t, s, "a", "value")
	wantOnce(t, s, "a", false)
}
