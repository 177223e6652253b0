package oidclogin_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
	"github.com/go-pme/pme/middleware/oidclogin/store"
	"github.com/go-pme/pme/middleware/oidclogin/storetest"
)

func TestMemoryStoreKeepsItsContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return oidclogin.NewMemoryStore() })
}

// watchedStore notes the values that are saved.
type watchedStore struct {
	store.Store
	mu      sync.Mutex
	longest int
	all     string
}

func (w *watchedStore) Save(ctx context.Context, name string, value []byte, ttl time.Duration) error {
	w.mu.Lock()
	w.longest = max(w.longest, len(value))
	w.all += string(value)
	w.mu.Unlock()
	return w.Store.Save(ctx, name, value, ttl)
}

func TestMemoryStoreKeepsContentForItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, m := t.Context(), oidclogin.NewMemoryStore()
		once := func(want bool, name string, ttl time.Duration) {
			t.Helper()
			if first, err := m.Once(ctx, name, ttl); first != want || err != nil {
				t.Errorf("Once(%q) = %v, %v; want %v", name, first, err, want)
			}
		}
		load := func(want, name string) {
			t.Helper()
			got, err := m.Load(ctx, name)
			if string(got) != want || err != nil {
				t.Errorf("Load(%q) = %q, %v; want %q", name, got, err, want)
			}
		}
		if err := m.Save(ctx, "a", []byte("1"), time.Minute); err != nil {
			t.Error(err)
		}
		once(true, "a", time.Minute)
		once(false, "a", time.Hour)
		once(true, "b", time.Hour)
		time.Sleep(time.Minute - 1)
		once(false, "a", time.Minute)
		load("1", "a")
		time.Sleep(time.Nanosecond)
		load("", "a")
		once(true, "a", time.Hour)
		once(false, "b", time.Hour)
		if err := m.Save(ctx, "a", []byte("2"), time.Hour); err != nil {
			t.Error(err)
		}
		load("2", "a")
		for range 2 {
			if err := m.Delete(ctx, "a"); err != nil {
				t.Error(err)
			}
			load("", "a")
		}
	})
}

func TestOnceIsTrueForOneOnly(t *testing.T) {
	m := oidclogin.NewMemoryStore()
	var all sync.WaitGroup
	firsts := make(chan int, 100)
	for i := range 100 {
		all.Go(func() {
			if first, _ := m.Once(t.Context(), "name", time.Minute); first {
				firsts <- i
			}
		})
	}
	all.Wait()
	if n := len(firsts); n != 1 {
		t.Errorf("%d were first", n)
	}
}
