package local

import (
	"context"
	"errors"
	"testing"

	"github.com/go-pme/pme/issuer/store"
)

func TestRevocationDuringTheReplayOfTheSameStaysPending(t *testing.T) {
	var p pending
	writes := 0
	var second *item
	first := &item{write: func(context.Context) error {
		writes++
		if err := p.add("alice", second); !errors.Is(err, store.ErrPending) {
			t.Errorf("add: %v", err)
		}
		return nil
	}}
	second = &item{write: func(context.Context) error { writes++; return nil }}
	if err := p.add("alice", first); !errors.Is(err, store.ErrPending) {
		t.Fatalf("add: %v", err)
	}
	if err := p.write(t.Context(), "alice"); err != nil || p.find("alice") != second || p.count.Load() != 1 {
		t.Errorf("after the first: %v, %d pending", err, p.count.Load())
	}
	if err := p.write(t.Context(), "alice"); err != nil || p.find("alice") != nil || p.count.Load() != 0 || writes != 2 {
		t.Errorf("after the second: %v, %d pending, %d writes", err, p.count.Load(), writes)
	}
}

func TestRevocationThatCannotBeWrittenStaysPending(t *testing.T) {
	var p pending
	failed := errors.New("no answer")
	_ = p.add("alice", &item{write: func(context.Context) error { return failed }})
	if err := p.write(t.Context(), "alice"); !errors.Is(err, failed) || p.find("alice") == nil {
		t.Errorf("%v, pending: %v", err, p.find("alice") != nil)
	}
}
