package connect_test

import (
	"testing"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) connect.Store { return connect.NewMemory() })
	storetest.RunShared(t, func(*testing.T) (a, b connect.Store) {
		s := connect.NewMemory()
		return s, s
	})
}
