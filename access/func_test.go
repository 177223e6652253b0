package access_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func allowAll(context.Context, *identity.User, string) (bool, error) { return true, nil }

func TestFuncIsAskedOnlyForASignedInUserAndAModelID(t *testing.T) {
	asked := 0
	policy, err := access.Func(func(_ context.Context, u *identity.User, model string) (bool, error) {
		asked++
		return u.ID == "alice" && model == office, nil
	}).Policy()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		user  *identity.User
		model string
		want  bool
		asked int
	}{
		{&identity.User{ID: "alice"}, office, true, 1},
		{&identity.User{ID: "alice"}, warehouse, false, 1},
		{&identity.User{ID: "alice"}, "*", false, 0},
		{&identity.User{ID: "bob"}, office, false, 1},
		{&identity.User{Email: "alice"}, office, false, 0},
		{nil, office, false, 0},
	} {
		asked = 0
		got, err := policy.Allowed(t.Context(), test.user, test.model)
		if got != test.want || asked != test.asked || err != nil {
			t.Errorf("Allowed(%v, %q) = %v, %v, and the function was asked %d times; want %v and %d", test.user, test.model, got, err, asked, test.want, test.asked)
		}
	}
}

func TestFuncsErrorRefuses(t *testing.T) {
	down := errors.New("directory is down")
	f := access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, down })
	ok, err := f.Allowed(t.Context(), &identity.User{ID: "alice"}, office)
	if ok || !errors.Is(err, down) {
		t.Errorf("Allowed = %v, %v; want false and the function's error", ok, err)
	}
}

func TestGrantsOfAFuncAreOpenToSignedInUsers(t *testing.T) {
	for user, want := range map[*identity.User]access.Grants{
		{ID: "alice"}:   {Open: true},
		{Name: "alice"}: {},
		nil:             {},
	} {
		got, err := access.Func(allowAll).Grants(t.Context(), user)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("Grants of %v (-want +got), %v:\n%s", user, err, diff)
		}
	}
}

func TestNilFuncIsNoPolicy(t *testing.T) {
	var f access.Func
	if policy, err := f.Policy(); policy != nil || err == nil {
		t.Errorf("Policy = %v, %v; want nil and an error", policy, err)
	}
	if ok, err := f.Allowed(t.Context(), &identity.User{ID: "alice"}, office); ok || err == nil {
		t.Errorf("Allowed = %v, %v; want false and an error", ok, err)
	}
	if g, err := f.Grants(t.Context(), &identity.User{ID: "alice"}); g.Open || err == nil {
		t.Errorf("Grants = %v, %v; want nothing and an error", g, err)
	}
}
