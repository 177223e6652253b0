package memory_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/internal/memory"
)

func load(t *testing.T, s *memory.Store, name string) []byte {
	t.Helper()
	value, err := s.Load(t.Context(), name)
	if err != nil {
		t.Error(err)
	}
	return value
}

func save(t *testing.T, s *memory.Store, name string, value []byte) {
	t.Helper()
	if err := s.Save(t.Context(), name, value, time.Hour); err != nil {
		t.Error(err)
	}
}

// A user who signs in again and again, with as many groups as a session may have, takes no more memory.
func TestOldestLargeValuesMakeRoom(t *testing.T) {
	s := memory.New(time.Now)
	large := bytes.Repeat([]byte("x"), 64<<10)
	const fit = memory.MaxBytes / (64 << 10)
	save(t, s, "small", []byte("owner"))
	for i := range fit + 10 {
		save(t, s, strconv.Itoa(i), large)
	}
	save(t, s, strconv.Itoa(fit+9), large) // again, in place of itself
	for i := range fit + 10 {
		if got, want := load(t, s, strconv.Itoa(i)) != nil, i >= 10; got != want {
			t.Errorf("value %d is stored %v, want %v", i, got, want)
		}
	}
	if string(load(t, s, "small")) != "owner" {
		t.Error("a small value made room")
	}
	if err := s.Delete(t.Context(), "10"); err != nil {
		t.Error(err)
	}
	save(t, s, "new", large)
	if load(t, s, "11") == nil {
		t.Error("a value made room where one had been deleted")
	}
}

func TestExpiredContentIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New(time.Now)
		const many = 500
		for i := range many {
			name := strings.Repeat("n", i+1)
			_ = s.Save(t.Context(), name, bytes.Repeat([]byte("x"), 2<<10), time.Minute)
			_, _ = s.Once(t.Context(), name, time.Minute)
		}
		time.Sleep(time.Minute)
		if n := memory.Len(s); n != 2*many {
			t.Errorf("%d uses and values, want %d", n, 2*many)
		}
		for range 1100 {
			_, _ = s.Once(t.Context(), "last", time.Hour)
		}
		if n := memory.Len(s); n != 1 {
			t.Errorf("%d uses and values are left, want one use", n)
		}
	})
}
