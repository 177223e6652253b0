package connect_test

import (
	"testing"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/connect/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return connect.NewMemory() })
	storetest.RunShared(t, func(*testing.T) (a, b store.Store) {
		s := connect.NewMemory()
		return s, s
	})
}
