package pme_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// keeper is an Authenticator that notes which groups it is to keep.
type keeper struct {
	*middleware.Gate
	told    int
	names   func() []string
	changed int
}

func (k *keeper) KeepGroups(names func() []string) (changed func()) {
	k.told++
	k.names = names
	return func() { k.changed++ }
}

// customPolicy decides by itself, and cannot say by which groups.
type customPolicy struct{ policy }

type policy = access.Policy

func (p customPolicy) Policy() (access.Policy, error) { return p, nil }

// fileAndMore refuses users of a group that its file does not name.
type fileAndMore struct{ *access.File }

func (f fileAndMore) Policy() (access.Policy, error) { return f, nil }

func (f fileAndMore) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	if slices.Contains(u.Groups, "contractors") {
		return false, nil
	}
	return f.File.Allowed(ctx, u, model)
}

func TestAuthenticatorLearnsWhichGroupsThePolicyNames(t *testing.T) {
	k := &keeper{Gate: byHeader()}
	newHandler(t, func(c *pme.Config) {
		c.Authenticate = k
		c.Access = access.List{{Groups: []string{"staff", "facilities"}, Models: []string{office}}}
	})
	if k.told != 1 || !slices.Equal(slices.Sorted(slices.Values(k.names())), []string{"facilities", "staff"}) {
		t.Errorf("told %d times", k.told)
	}
	list, err := access.List{{Groups: []string{"staff"}, Models: []string{office}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "allow.yaml")
	if err := os.WriteFile(path, []byte("rules:\n  - groups: [staff]\n    models: ["+office+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := access.OpenFile(path, access.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	for what, source := range map[string]access.Source{
		"one that embeds a file": fileAndMore{file},
		"a function":             access.Func(func(context.Context, *identity.User, string) (bool, error) { return false, nil }),
		"the host's own one":     customPolicy{list},
	} {
		k := &keeper{Gate: byHeader()}
		newHandler(t, func(c *pme.Config) { c.Authenticate, c.Access = k, source })
		if k.told != 1 || k.names != nil {
			t.Errorf("%s: told %d times; want once, of all groups", what, k.told)
		}
	}
}

func TestAuthenticatorLearnsOfChangesUntilClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "allow.yaml")
	write := func(group string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("rules:\n  - groups: ["+group+"]\n    models: ["+office+"]\n"), 0o600); err != nil {
			t.Error(err)
		}
	}
	write("staff")
	synctest.Test(t, func(t *testing.T) {
		file, err := access.OpenFile(path, access.FileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = file.Close() }()
		k := &keeper{Gate: byHeader()}
		h, err := pme.New(pme.Config{ClientID: "id", ClientSecret: "secret", Authenticate: k, Access: file})
		if err != nil {
			t.Fatal(err)
		}
		next := func(group string, changes int) {
			t.Helper()
			write(group)
			time.Sleep(6 * time.Second)
			synctest.Wait()
			if got := k.names(); k.changed != changes || !slices.Equal(got, []string{group}) {
				t.Errorf("%d changes, now to %q; want %d, to %q", k.changed, got, changes, group)
			}
		}
		next("facilities", 1)
		next("sales", 2)
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		next("staff", 2)
	})
}
