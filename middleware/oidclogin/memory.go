package oidclogin

import (
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/internal/memory"
	"github.com/go-pme/pme/middleware/oidclogin/store"
)

var _ store.Store = (*memory.Store)(nil)

// NewMemoryStore returns an empty store for one process, on the clock of time.Now. Its methods never fail.
//
// Its content is lost when the process ends: sessions that were revoked before count again until their
// cookies expire, unless the cookie keys are changed too. It runs no goroutine; expired content is
// dropped as new content comes.
//
// It holds at most 64 MiB of tokens and groups. Beyond that the oldest make room: a session without its
// tokens is no longer renewed, and one without its groups has to begin anew.
func NewMemoryStore() store.Store { return memory.New(time.Now) }
