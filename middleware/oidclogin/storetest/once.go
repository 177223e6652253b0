package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/internal/suite"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

func onceIsFirstOnce(t *testing.T, s store.Store) {
	wantOnce(t, s, "a", true)
	wantOnce(t, s, "a", false)
	wantOnce(t, s, "b", true)
	wantOnce(t, s, "a", false)
}

func onceIsFirstForOneOfMany(t *testing.T, s store.Store) {
	for i := range 20 {
		var first atomic.Int32
		name := fmt.Sprint("login", i)
		suite.Together(50, func(int) {
			if once(t, s, name, long) {
				first.Add(1)
			}
		})
		if n := first.Load(); n != 1 {
			t.Errorf("%d of 50 calls were the first, want 1", n)
		}
	}
}

func onceIsFirstAgainAfterItsTTL(t *testing.T, s store.Store) {
	if !once(t, s, "a", soon) {
		t.Error("the first call is not the first")
	}
	eventually(t, "a call is the first again", func() bool { return once(t, s, "a", long) })
	wantOnce(t, s, "a", false)
}

func laterOnceDoesNotExtendTheTTL(t *testing.T, s store.Store) {
	once(t, s, "a", soon)
	if once(t, s, "a", long) {
		t.Error("the second call is the first")
	}
	eventually(t, "a call is the first again", func() bool { return once(t, s, "a", long) })
}
