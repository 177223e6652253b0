package connect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

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

// A renewal that waited must not spend the refresh token of another connection with the same key.
func TestWaitingUpdateLeavesAConnectionThatWasCreatedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := connect.NewMemory(), &store.Record{Key: store.Key{User: "alice", ID: "A"}, RefreshToken: "refresh token"}
		if err := s.Create(t.Context(), r, 1); err != nil {
			t.Fatal(err)
		}
		go func() {
			_ = s.Update(t.Context(), r.Key, func(context.Context, *store.Record) error { time.Sleep(time.Minute); return nil })
		}()
		synctest.Wait()
		waiting := make(chan error)
		go func() {
			waiting <- s.Update(t.Context(), r.Key, func(context.Context, *store.Record) error {
				t.Error("the new connection is changed")
				return nil
			})
		}()
		synctest.Wait()
		if err := errors.Join(s.Delete(t.Context(), r.Key), s.Create(t.Context(), r, 1)); err != nil {
			t.Fatal(err)
		}
		wantErr(t, "Update", <-waiting, store.ErrNoRecord)
	})
}
