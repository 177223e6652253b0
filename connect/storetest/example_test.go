package storetest_test

import (
	"testing"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/connect/storetest"
)

// The test of a store is one call.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		storetest.Run(t, func(*testing.T) store.Store { return connect.NewMemory() })
	}
}

// A store that several processes share is opened twice.
func ExampleRunShared() {
	_ = func(t *testing.T) { // func TestSharedStore(t *testing.T)
		storetest.RunShared(t, func(*testing.T) (a, b store.Store) {
			s := connect.NewMemory() // this one cannot be: both are the same
			return s, s
		})
	}
}
