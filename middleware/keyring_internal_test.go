package middleware

import (
	"reflect"
	"testing"
	"time"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"
)

// The maximum age is read from a field that another package keeps to itself; these tests stand for a
// version of it that keeps it otherwise.

func TestMaximumAgeOfEachCodecIsFound(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   reflect.Type
		want bool
	}{
		{"securecookie", reflect.TypeFor[securecookie.SecureCookie](), true},
		{"no such field", reflect.TypeFor[struct{ age int64 }](), false},
		{"a duration by another type", reflect.TypeFor[struct{ maxAge string }](), false},
		{"a pointer", reflect.TypeFor[struct{ maxAge *int64 }](), false},
	} {
		if got := findAge(tt.in) != nil; got != tt.want {
			t.Errorf("%s: found %v, want %v", tt.name, got, tt.want)
		}
	}
	if age, ok := secureCookieAge.of(securecookie.New([]byte("key"), nil).MaxAge(123)); age != 123 || !ok {
		t.Errorf("maximum age %d, %v; want 123", age, ok)
	}
}

func TestNothingIsRememberedIfTheMaximumAgeIsNotFound(t *testing.T) {
	known := secureCookieAge
	t.Cleanup(func() { secureCookieAge = known })
	store := sessions.NewCookieStore([]byte("key"))
	if newKeyring(store) == nil {
		t.Fatal("the age of a stock store is not known")
	}
	secureCookieAge = nil
	if newKeyring(store) != nil {
		t.Error("a cookie of unknown age would be remembered")
	}
}

func TestAgesAreJudgedAsBySecurecookie(t *testing.T) {
	const now = 1_700_000_000
	for _, tt := range []struct {
		maxAge, option int
		signed         int64
		want           bool
	}{
		{60, 0, now - 60, true},
		{60, 0, now - 61, false},
		{60, 0, now + 1000, true},
		{60, 30, now - 31, false},
		{60, -1, now - 60, true},
		{0, 0, 0, true},
		{0, 30, now - 31, false},
		{-1, 0, now, false},
		{-1, 0, now + 1, true},
	} {
		store := sessions.NewCookieStore([]byte("key"))
		store.MaxAge(tt.maxAge)
		store.Options.MaxAge = tt.option
		if got := newKeyring(store).accepts(tt.signed, time.Unix(now, 999)); got != tt.want {
			t.Errorf("maximum age %d, option %d, signed %d s ago: %v, want %v",
				tt.maxAge, tt.option, now-tt.signed, got, tt.want)
		}
	}
}
