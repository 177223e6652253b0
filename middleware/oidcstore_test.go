package middleware_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/middleware"
)

// watchedStore notes what it is given.
type watchedStore struct {
	*middleware.MemoryStore
	mu      sync.Mutex
	longest int
	all     string
}

func (w *watchedStore) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	w.mu.Lock()
	w.longest = max(w.longest, len(value))
	w.all += string(value)
	w.mu.Unlock()
	return w.MemoryStore.Set(ctx, key, value, ttl)
}

func TestMemoryStoreKeepsForAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, m := t.Context(), middleware.NewMemoryStore()
		get := func(want [][]byte, keys ...string) {
			t.Helper()
			got, err := m.Get(ctx, keys...)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("Get(%q): %v (-want +got):\n%s", keys, err, diff)
			}
		}
		add := func(want bool, key, value string, ttl time.Duration) {
			t.Helper()
			if first, err := m.Add(ctx, key, []byte(value), ttl); first != want || err != nil {
				t.Errorf("Add(%q) = %v, %v; want %v", key, first, err, want)
			}
		}
		get(nil, "a", "b")
		get(nil)
		if err := m.Set(ctx, "a", []byte("1"), time.Minute); err != nil {
			t.Error(err)
		}
		get([][]byte{nil, []byte("1")}, "b", "a")
		add(false, "a", "2", time.Minute)
		add(true, "b", "2", time.Hour)
		time.Sleep(time.Minute + 1)
		get([][]byte{nil, []byte("2")}, "a", "b")
		add(true, "a", "3", time.Hour)
		if err := m.Delete(ctx, "a"); err != nil {
			t.Error(err)
		}
		get(nil, "a")
		if err := m.Delete(ctx, "a"); err != nil {
			t.Error(err)
		}
	})
}

func TestAddSucceedsForOneOnly(t *testing.T) {
	m := middleware.NewMemoryStore()
	var all sync.WaitGroup
	firsts := make(chan int, 100)
	for i := range 100 {
		all.Go(func() {
			if first, _ := m.Add(t.Context(), "key", fmt.Append(nil, i), time.Minute); first {
				firsts <- i
			}
		})
	}
	all.Wait()
	if n := len(firsts); n != 1 {
		t.Errorf("%d were first", n)
	}
}
