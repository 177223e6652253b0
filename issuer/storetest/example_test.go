package storetest_test

import (
	"testing"

	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
)

// The test of a store is one call.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestStore(t *testing.T)
		storetest.Run(t, func(_ *testing.T, b storetest.Bounds) store.Store {
			return issuer.NewMemory(issuer.MemoryConfig{MaxEntries: b.MaxEntries, MaxPerUser: b.MaxPerUser})
		})
	}
}
