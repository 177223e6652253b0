package named_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

func setOf(names ...string) *named.Set {
	var s named.Sets
	s.Add(func() []string { return names })
	return s.Current()
}

func many(prefix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint(prefix, i)
	}
	return names
}

// parsed is r after it has been in a cookie.
func parsed(t *testing.T, r named.Rest) named.Rest {
	t.Helper()
	f := sealed.NewFields(r.AppendTo(nil))
	got := named.ReadRest(&f)
	if got != r || f.Done() != nil {
		t.Errorf("%+v became %+v, %v", r, got, f.Done())
	}
	return got
}

func TestOnlyGroupsThatWereLeftOutAreLacking(t *testing.T) {
	for what, tt := range map[string]struct {
		before  []string
		user    []string
		after   []string
		lacking bool
	}{
		"nothing left out":        {[]string{"a", "b"}, []string{"a", "b"}, []string{"a", "b", "c"}, false},
		"the same groups":         {[]string{"a"}, []string{"a", "b"}, []string{"a"}, false},
		"one of the user's":       {[]string{"a"}, []string{"a", "b"}, []string{"a", "b"}, true},
		"one of the user's alone": {[]string{"a"}, []string{"a", "b"}, []string{"b"}, true},
		"one of others":           {[]string{"a"}, []string{"a", "b"}, []string{"a", "c"}, false},
		"fewer":                   {[]string{"a", "c"}, []string{"a", "b"}, []string{"a"}, false},
		"none at all":             {[]string{"a"}, []string{"a", "b"}, nil, false},
		"none before":             {nil, []string{"b"}, []string{"b"}, true},
		"another spelling":        {nil, []string{"b"}, []string{"B"}, true},
		"200 of 200":              {many("x", 200), many("g", 200), append(many("x", 200), "g199"), true},
		"200 of others":           {many("x", 200), many("g", 200), append(many("x", 200), "h199"), false},
		"too many to tell":        {many("x", 2), many("g", 257), many("x", 3), true},
	} {
		_, rest := setOf(tt.before...).Divide(tt.user)
		rest = parsed(t, rest)
		if got := rest.Lacks(setOf(tt.after...)); got != tt.lacking {
			t.Errorf("%s: lacks %v, want %v", what, got, tt.lacking)
		}
		if rest.Lacks(setOf(tt.before...)) {
			t.Errorf("%s: lacks a group of its own set", what)
		}
		// A renewal with the new set always ends it.
		if _, renewed := setOf(tt.after...).Divide(tt.user); renewed.Lacks(setOf(tt.after...)) {
			t.Errorf("%s: still lacking after a renewal", what)
		}
	}
	var all named.Sets
	if _, rest := setOf("a").Divide([]string{"b"}); !rest.Lacks(all.Current()) {
		t.Error("a session with a part of its groups lacks none of all")
	}
}

func TestSetsAreWhatAllPoliciesName(t *testing.T) {
	var s named.Sets
	groups := []string{"a", "b", "c", "d"}
	names := []string{"b"}
	want := func(want ...string) {
		t.Helper()
		if got, _ := s.Current().Divide(groups); !slices.Equal(got, want) {
			t.Errorf("keeps %q, want %q", got, want)
		}
	}
	want(groups...)
	s.Add(func() []string { return names })
	want("b")
	s.Add(func() []string { return []string{"c", "b"} })
	want("b", "c")
	if s.Refresh() {
		t.Error("changed without a change")
	}
	names = []string{"a"}
	if !s.Refresh() {
		t.Error("not changed")
	}
	want("a", "b", "c")
	s.Add(nil)
	want(groups...)
}

func TestUserIsAskedOnceForASet(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	var a named.Asked
	asks := func(set *named.Set) bool {
		f := sealed.NewFields(a.AppendTo(nil))
		if got := named.ReadAsked(&f); got != a || f.Done() != nil {
			t.Errorf("%+v became %+v", a, got)
		}
		if now.Before(a.Until(set)) {
			return false
		}
		a = a.Add(set, now)
		return true
	}
	one, two := setOf("a"), setOf("b")
	if !asks(one) || asks(one) || !asks(two) || asks(one) || asks(two) {
		t.Error("not asked once for each set")
	}
	for i := range 10 {
		if got, want := asks(setOf(fmt.Sprint(i))), i < 2; got != want {
			t.Errorf("set %d of one pause: asked %v, want %v", i+3, got, want)
		}
	}
	now = now.Add(5 * time.Minute)
	if !asks(one) || asks(one) {
		t.Error("not asked once after the pause")
	}
}
