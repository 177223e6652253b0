package storetest_test

import (
	"testing"

	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/oidclogin/storetest"
)

// The test of a store is one call.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		storetest.Run(t, func(*testing.T) store.Store { return oidclogin.NewMemoryStore() })
	}
}
