package issuer

import (
	"github.com/go-pme/pme/issuer/internal/memory"
	"github.com/go-pme/pme/issuer/store"
)

// MemoryConfig bounds the store of [NewMemory]. The zero value is ready for use.
type MemoryConfig struct {
	// MaxEntries bounds the stored tokens of all users. Default: 100,000.
	MaxEntries int

	// MaxPerUser bounds the stored tokens of one user. A token that is renewed counts twice for as
	// long as the old one lives. Default: 100.
	MaxPerUser int
}

func (c MemoryConfig) withDefaults() MemoryConfig {
	if c.MaxEntries <= 0 {
		c.MaxEntries = 100_000
	}
	if c.MaxPerUser <= 0 {
		c.MaxPerUser = 100
	}
	return c
}

// NewMemory returns an empty store for a single process: the default of [Config]. It runs no goroutine
// and needs no closing. Issuers that share it mint each token once between them.
func NewMemory(cfg MemoryConfig) store.Store { return memory.New(memory.Config(cfg.withDefaults())) }
