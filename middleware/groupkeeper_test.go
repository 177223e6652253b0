package middleware_test

import (
	"slices"
	"testing"

	"github.com/go-pme/pme/middleware"
)

// keeper is a host's own way of recognizing users that has little room for groups.
type keeper struct {
	keys
	names   []func() []string
	changed int
}

func (k *keeper) KeepGroups(names func() []string) (changed func()) {
	k.names = append(k.names, names)
	return func() { k.changed++ }
}

func TestGatesPassOnWhichGroupsAreNamed(t *testing.T) {
	one, two := new(keeper), new(keeper)
	var gates []*middleware.Gate
	for _, r := range []middleware.Recognizer{one, new(keys), two} {
		g, err := middleware.New(r, middleware.Config{})
		if err != nil {
			t.Fatal(err)
		}
		gates = append(gates, g)
	}
	first, err := middleware.First(gates...)
	if err != nil {
		t.Fatal(err)
	}
	both, err := middleware.First(first, ask(nobody))
	if err != nil {
		t.Fatal(err)
	}
	changed := both.KeepGroups(func() []string { return []string{"staff"} })
	changed()
	changed()
	both.KeepGroups(nil)
	for _, k := range []*keeper{one, two} {
		if len(k.names) != 2 || !slices.Equal(k.names[0](), []string{"staff"}) || k.names[1] != nil || k.changed != 2 {
			t.Errorf("told %d times, of %d changes", len(k.names), k.changed)
		}
	}
}
