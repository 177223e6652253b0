package storetest

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

var errRefused = errors.New("refused")

func updateKeepsWhatChangeMade(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r, record("alice", "B"))
	changed := &store.Record{
		Key:          r.Key,
		Label:        "Neues Büro",
		Scopes:       []matterport.Scope{matterport.ScopeViewPublic, matterport.ScopeEditDetails},
		Connected:    start.Add(time.Hour),
		Refreshed:    start.Add(2 * time.Hour),
		RefreshToken: "next refresh token",
		AccessToken:  "next access token",
		ValidUntil:   start.Add(3 * time.Hour),
	}
	update(t, s, r.Key, func(got *store.Record) {
		want(t, "what change is given", got, r)
		*got = *changed
	})
	want(t, "Get", get(t, s, r.Key), changed)
	update(t, s, r.Key, func(got *store.Record) { want(t, "what the next change is given", got, changed) })
	want(t, "Get", get(t, s, r.Key), changed)
	other := record("alice", "B")
	want(t, "Get of another", get(t, s, other.Key), other)
}

func updateCanTakeTheTokensAway(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	update(t, s, r.Key, func(r *store.Record) { r.RefreshToken, r.AccessToken, r.ValidUntil = "", "", time.Time{} })
	r.RefreshToken, r.AccessToken, r.ValidUntil = "", "", time.Time{}
	want(t, "Get", get(t, s, r.Key), r)
	records, err := s.List(t.Context(), "alice")
	if err != nil || len(records) != 1 || !records[0].Reconnect() {
		t.Errorf("List = %v, %v; want one that is to be connected again", records, err)
	}
}

func failingChangeChangesNothing(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	err := s.Update(t.Context(), r.Key, func(_ context.Context, r *store.Record) error {
		r.Label, r.Scopes[0], r.RefreshToken = "changed", "changed", "changed"
		return errRefused
	})
	wantErr(t, "Update", err, errRefused)
	want(t, "Get", get(t, s, r.Key), r)
	update(t, s, r.Key, func(got *store.Record) { want(t, "what the next change is given", got, r) })
}

func panickingChangeFreesTheLock(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	func() {
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, errRefused) {
				t.Error("what change panicked with does not arrive")
			}
		}()
		_ = s.Update(t.Context(), r.Key, func(_ context.Context, r *store.Record) error {
			r.Label = "changed"
			panic(errRefused)
		})
	}()
	want(t, "Get", get(t, s, r.Key), r)
	lockIsFree(t, s, r.Key)
}

func changeThatExitsFreesTheLock(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Update(t.Context(), r.Key, func(_ context.Context, r *store.Record) error {
			r.Label = "changed"
			runtime.Goexit() // what t.FailNow does
			return nil
		})
	}()
	wait(t, "the goroutine ends", done)
	want(t, "Get", get(t, s, r.Key), r)
	lockIsFree(t, s, r.Key)
}

func lockIsFree(t *testing.T, s store.Store, k store.Key) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	err := s.Update(ctx, k, func(context.Context, *store.Record) error { return nil })
	if err != nil {
		t.Errorf("the next Update: %v", err)
	}
}

// hold begins an Update that stays in its change until it is let go, and then fails with err.
func hold(t *testing.T, s store.Store, k store.Key, err error) (letGo func() error) {
	t.Helper()
	inside, leave, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	var got error
	go func() {
		defer close(done)
		got = s.Update(t.Context(), k, func(_ context.Context, r *store.Record) error {
			close(inside)
			<-leave
			r.Label = "changed by the one that held"
			return err
		})
	}()
	wait(t, "change runs", inside)
	return func() error {
		close(leave)
		wait(t, "Update returns", done)
		return got
	}
}

func waitingUpdateLeavesWithItsContext(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	letGo := hold(t, s, r.Key, nil)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), briefly)
		began := time.Now()
		err := s.Update(ctx, r.Key, func(context.Context, *store.Record) error {
			t.Error("change runs beside another")
			return nil
		})
		cancel()
		wantErr(t, "Update", err, context.DeadlineExceeded)
		if took := time.Since(began); took > patience/4 {
			t.Errorf("Update stays for %v after its context", took)
		}
	}
	if err := letGo(); err != nil {
		t.Errorf("the Update that held: %v", err)
	}
	if got := get(t, s, r.Key).Label; got != "changed by the one that held" {
		t.Errorf("label %q", got)
	}
	lockIsFree(t, s, r.Key)
}

func changeIsKeptThoughItsTimeIsOver(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Update(ctx, r.Key, func(_ context.Context, r *store.Record) error {
		r.RefreshToken = "the only one that is still good"
		cancel()
		time.Sleep(briefly) // whatever follows from that has happened
		return nil
	})
	if err != nil {
		t.Errorf("Update: %v", err)
	}
	if get(t, s, r.Key).RefreshToken != "the only one that is still good" {
		t.Error("the refresh token is lost")
	}
}

func failingChangeWhoseTimeIsOver(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	ctx, cancel := context.WithTimeout(t.Context(), briefly)
	defer cancel()
	err := s.Update(ctx, r.Key, func(ctx context.Context, r *store.Record) error {
		r.Label = "changed"
		<-ctx.Done()
		return errRefused
	})
	wantErr(t, "Update", err, errRefused)
	want(t, "Get", get(t, s, r.Key), r)
	lockIsFree(t, s, r.Key)
}

func updateDoesNotRunAfterItsContext(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Update(ctx, r.Key, func(context.Context, *store.Record) error {
		t.Error("change runs though its time is over")
		return nil
	})
	wantErr(t, "Update", err, context.Canceled)
}

func otherCallsDoNotWaitForAnUpdate(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r)
	letGo := hold(t, s, r.Key, nil)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	got, err := s.Get(ctx, r.Key)
	if err != nil {
		t.Fatalf("Get: %v", err)
	}
	want(t, "Get", got, r)
	if records, err := s.List(ctx, "alice"); err != nil || len(records) != 1 || records[0].Label != r.Label {
		t.Errorf("List = %v, %v", records, err)
	}
	if err := s.Create(ctx, record("alice", "B"), 2); err != nil {
		t.Errorf("Create: %v", err)
	}
	if err := s.Begin(ctx, attempt("nonce", "alice", time.Minute), 1, start); err != nil {
		t.Errorf("Begin: %v", err)
	}
	if _, err := s.Take(ctx, "nonce", "alice", proofOf("nonce")); err != nil {
		t.Errorf("Take: %v", err)
	}
	if err := s.Delete(ctx, store.Key{User: "alice", ID: "B"}); err != nil {
		t.Errorf("Delete of another: %v", err)
	}
	if err := letGo(); err != nil {
		t.Errorf("the Update that held: %v", err)
	}
}

func updatesOfSeveralConnectionsRunAtOnce(t *testing.T, s store.Store) {
	updatesRunAtOnceOnBoth(t, s, s)
}

func updatesRunAtOnceOnBoth(t *testing.T, a, b store.Store) {
	// The same ID of another person is another connection, too.
	keys := []store.Key{{User: "alice", ID: "A"}, {User: "alice", ID: "B"}, {User: "bob", ID: "A"}}
	var letGo []func() error
	for i, k := range keys {
		create(t, a, record(k.User, k.ID))
		letGo = append(letGo, hold(t, []store.Store{a, b}[i%2], k, nil))
	}
	for _, letGo := range letGo {
		if err := letGo(); err != nil {
			t.Errorf("Update: %v", err)
		}
	}
}
