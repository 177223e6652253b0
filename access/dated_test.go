package access_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

var (
	_ access.Source = access.FuncUntil(nil)
	_ access.Policy = access.FuncUntil(nil)

	noon = time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)
)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func TestFuncUntilEnds(t *testing.T) {
	f := access.FuncUntil(func(_ context.Context, u *identity.User, _ string) (bool, time.Time, error) {
		return u.ID == "alice", noon, nil
	})
	for now, want := range map[time.Time]bool{noon.Add(-1): true, noon: false, noon.Add(1): false} {
		allowed, until, err := access.AllowedAt(t.Context(), f, &identity.User{ID: "alice"}, office, at(now))
		if allowed != want || want && !until.Equal(noon) || !want && !until.IsZero() || err != nil {
			t.Errorf("at %v: %v, %v, %v", now, allowed, until, err)
		}
		if allowed, err := f.Allowed(access.WithTime(t.Context(), now), &identity.User{ID: "alice"}, office); allowed != want || err != nil {
			t.Errorf("Allowed at %v: %v, %v", now, allowed, err)
		}
	}
	if allowed, _, err := f.AllowedAt(t.Context(), &identity.User{ID: "bob"}, office, at(noon.Add(-1))); allowed || err != nil {
		t.Errorf("bob: %v, %v", allowed, err)
	}
}

func TestFuncUntilRefuses(t *testing.T) {
	failing := access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) {
		return true, time.Time{}, errors.New("down")
	})
	alice := &identity.User{ID: "alice"}
	if allowed, err := failing.Allowed(t.Context(), alice, office); allowed || err == nil {
		t.Errorf("failing: %v, %v", allowed, err)
	}
	if allowed, err := access.FuncUntil(nil).Allowed(t.Context(), alice, office); allowed || err == nil {
		t.Errorf("nil: %v, %v", allowed, err)
	}
	if _, err := access.FuncUntil(nil).Policy(); err == nil {
		t.Error("a nil FuncUntil is a Policy")
	}
	never := access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) { panic("asked") })
	for _, u := range []*identity.User{nil, {}} {
		if allowed, err := never.Allowed(t.Context(), u, office); allowed || err != nil {
			t.Errorf("%+v: %v, %v", u, allowed, err)
		}
	}
	if allowed, err := never.Allowed(t.Context(), alice, "*"); allowed || err != nil {
		t.Errorf("*: %v, %v", allowed, err)
	}
}

// strictUntil decides by itself, and embeds a policy with dates.
type strictUntil struct{ access.FuncUntil }

func (strictUntil) Allowed(context.Context, *identity.User, string) (bool, error) { return false, nil }

// strictly decides by itself, and embeds a file.
type strictly struct{ *access.File }

func (strictly) Allowed(context.Context, *identity.User, string) (bool, error) { return false, nil }

// A token must not be issued because of a policy that a type of the host's embeds.
func TestTypeThatEmbedsADatedPolicyIsAskedItself(t *testing.T) {
	all := access.FuncUntil(func(context.Context, *identity.User, string) (bool, time.Time, error) { return true, time.Time{}, nil })
	file := newFile(t, "rules:\n  - users: [alice]\n    models: ['*']\n")
	for _, policy := range []access.Policy{strictUntil{all}, &strictUntil{all}, strictly{file.File}, &strictly{file.File}} {
		if allowed, _, err := access.AllowedAt(t.Context(), policy, &identity.User{ID: "alice"}, office, at(noon)); allowed || err != nil {
			t.Errorf("%T: %v, %v", policy, allowed, err)
		}
	}
	if allowed, _, err := access.AllowedAt(t.Context(), file.File, &identity.User{ID: "alice"}, office, at(noon)); !allowed || err != nil {
		t.Errorf("the file: %v, %v", allowed, err)
	}
}

func TestDatesOfAFile(t *testing.T) {
	f := newFile(t, "rules:\n  - users: [alice]\n    models: [SxQL3iGyoDo]\n    from: 2026-12-01 UTC\n    until: 2026-12-31 UTC\n")
	first, end := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for now, want := range map[time.Time]bool{first.Add(-1): false, first: true, end.Add(-1): true, end: false} {
		if got, err := f.Allowed(access.WithTime(t.Context(), now), &identity.User{ID: "alice"}, office); got != want || err != nil {
			t.Errorf("at %v: %v, %v", now, got, err)
		}
	}
	if got := f.NextChange(time.Time{}); !got.Equal(first) {
		t.Errorf("the first change is at %v", got)
	}
	if got := f.NextChange(first); !got.Equal(end) {
		t.Errorf("the second change is at %v", got)
	}
	if got := f.NextChange(end); !got.IsZero() {
		t.Errorf("a third change is at %v", got)
	}
}

// A guest list in a database: the grants of a person end with the visit.
func ExampleFuncUntil() {
	visits := map[string]time.Time{"carol": time.Date(2027, 1, 15, 18, 0, 0, 0, time.UTC)}
	guests := access.FuncUntil(func(_ context.Context, u *identity.User, _ string) (bool, time.Time, error) {
		end, invited := visits[u.ID]
		return invited, end, nil
	})
	ctx := access.WithTime(context.Background(), time.Date(2027, 1, 15, 17, 59, 59, 0, time.UTC))
	allowed, err := guests.Allowed(ctx, &identity.User{ID: "carol"}, "SxQL3iGyoDo")
	fmt.Println(allowed, err)
	// Output: true <nil>
}

// A contractor sees one hall for a month, but not its laboratory.
func ExampleList_dates() {
	policy, err := access.List{{
		Emails: []string{"dana@contractor.example"},
		Models: []string{"SxQL3iGyoDo", "yyHDFKzPzvN"},
		Except: access.Except{Models: []string{"yyHDFKzPzvN"}},
		From:   time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Until:  time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}}.Policy()
	if err != nil {
		fmt.Println(err)
		return
	}
	dana := &identity.User{ID: "7", Email: "dana@contractor.example", EmailVerified: true}
	for _, day := range []int{1, 32} {
		ctx := access.WithTime(context.Background(), time.Date(2026, 12, day, 8, 0, 0, 0, time.UTC))
		e, err := access.Explain(ctx, policy, dana, "SxQL3iGyoDo")
		fmt.Println(e.Allowed, e.Text, err)
	}
	// Output:
	// true rule 1: e-mail address "dana@contractor.example", until 2027-01-01T00:00:00Z <nil>
	// false no rule allows SxQL3iGyoDo; would match if the rule had not ended (until 2027-01-01T00:00:00Z) (rule 1) <nil>
}
