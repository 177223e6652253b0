package connect_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// strict makes Matterport end a refresh token as soon as it has answered with the next one.
func strict(s *setup) { s.emulator.StrictRotation = true }

// aDay is long enough for a refresh token to be replaced.
const aDay = 25 * time.Hour

func TestOrderlyStopCommitsARenewalThatWasSent(t *testing.T) {
	for name, stop := range map[string]func(*testing.T, *connect.Connections) error{
		"Close":    func(_ *testing.T, c *connect.Connections) error { return c.Close() },
		"Shutdown": func(t *testing.T, c *connect.Connections) error { return c.Shutdown(t.Context()) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t, strict)
				d.connect(t, alice, harbour)
				next := d.replica(t)
				time.Sleep(aDay)
				d.matterport.Fail("refresh_token", matterporttest.LateAnswer(5*time.Second), 1)
				got := make(chan error, 1)
				go func() { _, err := d.Token(t.Context(), alice, ""); got <- err }()
				time.Sleep(time.Second)
				start := time.Now()
				if err := stop(t, d.Connections); err != nil || time.Since(start) != 4*time.Second {
					t.Errorf("%v after %v, want 4s", err, time.Since(start))
				}
				if err := <-got; err != nil && !errors.Is(err, connect.ErrUnavailable) {
					t.Error(err)
				}
				token(t, next, alice, "")
				if n := d.matterport.Calls("refresh_token"); n != 1 {
					t.Errorf("%d refreshes, want the one that was sent", n)
				}
				if err := d.Close(); err != nil {
					t.Errorf("closed again: %v", err)
				}
			})
		})
	}
}

func TestOrderlyStopStoresAnAccountWhoseCodeWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		next := d.replica(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		d.matterport.Fail("authorization_code", matterporttest.LateAnswer(5*time.Second), 1)
		done := make(chan error, 1)
		go func() { _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); done <- err }()
		time.Sleep(time.Second)
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		token(t, next, alice, "")
	})
}

func TestStoppedReplicaLeavesAnAttemptToTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		next := d.replica(t)
		a := begin(t, d.Connections, alice, connect.Request{})
		cb := d.agree(t, a, harbour)
		_ = d.Close()
		_, err := d.Finish(t.Context(), alice, cb, string(a.Proof))
		wantErr(t, "the stopped one", err, connect.ErrUnavailable)
		if _, err := next.Finish(t.Context(), alice, cb, string(a.Proof)); err != nil {
			t.Error(err)
		}
	})
}

func TestShutdownEndsCallersThatOnlyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(time.Hour)
		k := d.record(t).Key
		locked, unlock := make(chan struct{}), make(chan struct{})
		go func() {
			_ = d.store.Update(t.Context(), k, func(context.Context, *store.Record) error {
				close(locked)
				<-unlock
				return nil
			})
		}()
		<-locked
		done := make(chan error, 1)
		go func() { _, err := d.Token(t.Context(), alice, ""); done <- err }()
		synctest.Wait()
		start := time.Now()
		if err := d.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		wantErr(t, "the one who waited", <-done, connect.ErrUnavailable)
		close(unlock)
		if n := d.matterport.Calls("refresh_token"); n != 0 {
			t.Errorf("%d refreshes after the stop", n)
		}
	})
}

func TestShutdownNamesTheCanceledRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.connect(t, alice, harbour)
		time.Sleep(aDay)
		k := d.record(t).Key
		d.matterport.Fail("refresh_token", matterporttest.LateAnswer(9*time.Second), 1)
		go func() { _, _ = d.Token(t.Context(), alice, "") }()
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		err := d.Shutdown(ctx)
		if time.Since(start) != 3*time.Second {
			t.Errorf("it took %v", time.Since(start))
		}
		var cut *connect.ShutdownError
		if !errors.As(err, &cut) || !errors.Is(err, context.DeadlineExceeded) || len(cut.Unsaved) != 0 {
			t.Fatalf("%v", err)
		}
		if diff := cmp.Diff([]store.Key{k}, cut.Unfinished); diff != "" {
			t.Error(diff)
		}
		if !strings.Contains(err.Error(), k.ID) {
			t.Errorf("the error does not name the connection: %v", err)
		}
		if again := d.Close(); !errors.Is(again, err) {
			t.Errorf("closed again: %v", again)
		}
	})
}

func TestOrderlyStopTriesOnceMoreToCommit(t *testing.T) {
	for name, heals := range map[string]bool{"the store works again": true, "it still fails": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				raw := connect.NewMemory()
				ill := &troubled{Store: raw}
				d := newDesk(t, strict, func(s *setup) { s.connect.Store = ill })
				d.connect(t, alice, harbour)
				next := open(t, connect.Config{App: d.app, Store: raw})
				time.Sleep(aDay)
				k := d.record(t).Key
				ill.set(nil, errors.New("connection to the database was lost"))
				_, err := d.Token(t.Context(), alice, "")
				wantErr(t, "Token", err, connect.ErrUnavailable)
				if heals {
					ill.set(nil, nil)
				}
				err = d.Close()
				if heals {
					if err != nil {
						t.Error(err)
					}
					token(t, next, alice, "")
					return
				}
				var left *connect.ShutdownError
				if !errors.As(err, &left) || !cmp.Equal(left.Unsaved, []store.Key{k}) || left.Err != nil {
					t.Errorf("%v", err)
				}
			})
		})
	}
}
