package memory_test

import (
	"testing"

	"github.com/go-pme/pme/issuer/internal/memory"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/issuer/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, b storetest.Bounds) store.Store {
		return memory.New(memory.Config(b))
	})
}
