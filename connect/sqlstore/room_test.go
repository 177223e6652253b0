//go:build unix

package sqlstore_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
)

func TestUpdatesLeaveConnectionsToReaders(t *testing.T) {
	s := postgresPool(t, postgres(t).Schema(t), 4).store(t, sqlstore.NewKey())
	ids := []string{"A", "B", "C", "D", "E", "F"}
	for _, id := range ids {
		create(t, s, record("alice", id))
	}
	leave, inside := make(chan struct{}), make(chan struct{}, len(ids))
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			err := s.Update(t.Context(), store.Key{User: "alice", ID: id}, func(context.Context, *store.Record) error {
				inside <- struct{}{}
				<-leave
				return nil
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	<-inside
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for _, id := range ids {
		if _, err := s.Get(ctx, store.Key{User: "alice", ID: id}); err != nil {
			t.Errorf("Get beside Updates that are more than there are connections: %v", err)
		}
	}
	late, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Update(late, store.Key{User: "alice", ID: "none"}, relabel("")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an Update for which there is no connection left: %v", err)
	}
	close(leave)
	wg.Wait()
}

// Those who wait for one connection wait in this process, and not each with a connection to the database.
func TestUpdatesOfOneConnectionLeaveRoomForOthers(t *testing.T) {
	s := postgresPool(t, postgres(t).Schema(t), 4).store(t, sqlstore.NewKey())
	create(t, s, record("alice", "A"), record("alice", "B"))
	leave, inside := make(chan struct{}), make(chan struct{}, 10)
	var wg sync.WaitGroup
	for range cap(inside) {
		wg.Go(func() {
			err := s.Update(t.Context(), store.Key{User: "alice", ID: "A"}, func(context.Context, *store.Record) error {
				inside <- struct{}{}
				<-leave
				return nil
			})
			if err != nil {
				t.Errorf("Update: %v", err)
			}
		})
	}
	<-inside
	time.Sleep(100 * time.Millisecond) // the others wait
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := s.Update(ctx, store.Key{User: "alice", ID: "B"}, relabel("Köln")); err != nil {
		t.Errorf("Update of another: %v", err)
	}
	close(leave)
	wg.Wait()
}

// Begin deletes ended attempts, and does not wait for another transaction that is deleting them.
func TestBeginDoesNotWaitForDeletionsByOthers(t *testing.T) {
	db := postgresPool(t, postgres(t).Schema(t), 4)
	s := db.store(t, sqlstore.NewKey())
	begin(t, s, "ended", "bob")
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.ExecContext(t.Context(), `DELETE FROM pme_attempts WHERE id = 'ended'`); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	later := start.Add(time.Hour)
	if err := s.Begin(ctx, &store.PendingAuthorization{ID: "nonce", User: "alice", Ends: later.Add(time.Minute)}, 5, later); err != nil {
		t.Errorf("Begin: %v", err)
	}
}

func TestOneConnectionIsEnough(t *testing.T) {
	s := postgresPool(t, postgres(t).Schema(t), 1).store(t, sqlstore.NewKey())
	create(t, s, record("alice", "A"), record("alice", "B"))
	begin(t, s, "nonce", "alice")
	var wg sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for range 5 {
		for _, id := range []string{"A", "B"} {
			wg.Go(func() {
				if err := s.Update(ctx, store.Key{User: "alice", ID: id}, relabel("Köln")); err != nil {
					t.Errorf("Update: %v", err)
				}
			})
			wg.Go(func() {
				if _, err := s.Get(ctx, store.Key{User: "alice", ID: id}); err != nil {
					t.Errorf("Get: %v", err)
				}
			})
		}
	}
	wg.Wait()
	wantWhole(t, s, "alice", "A")
}
