//go:build unix

package sqlstore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
)

func TestKeysRotate(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		old, next := sqlstore.NewKey(), sqlstore.NewKey()
		s := db.store(t, old)
		create(t, s, record("alice", "A"), record("alice", "B"), record("bob", "A"))
		wiped, half := record("bob", "B"), record("bob", "C")
		wiped.RefreshToken, wiped.AccessToken, half.RefreshToken = "", "", ""
		create(t, s, wiped, half)

		s = db.store(t, next, old)
		wantWhole(t, s, "alice", "A")
		if err := s.Update(t.Context(), store.Key{User: "alice", ID: "A"}, relabel("Köln")); err != nil {
			t.Fatal(err)
		}
		if _, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{next}}); !errors.Is(err, sqlstore.ErrKeyMissing) {
			t.Fatalf("without the old key, which four connections need: %v", err)
		}
		for _, want := range []int{4, 0} { // Update has sealed one anew
			if n, err := s.Rewrap(t.Context()); n != want || err != nil {
				t.Errorf("Rewrap = %d, %v; want %d", n, err, want)
			}
		}
		s = db.store(t, next)
		wantWhole(t, s, "alice", "A")
		wantWhole(t, s, "alice", "B")
		wantWhole(t, s, "bob", "A")
		if r, err := s.Get(t.Context(), half.Key); err != nil || r.AccessToken != half.AccessToken {
			t.Errorf("the connection without a refresh token: %v, %v", r, err)
		}
	})
}

func TestRewrapBesideUpdatesLosesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		old, next := sqlstore.NewKey(), sqlstore.NewKey()
		create(t, db.store(t, old), record("alice", "A"), record("alice", "B"), record("alice", "C"))
		s := db.store(t, next, old)
		const rounds = 10
		var wg sync.WaitGroup
		for _, id := range []string{"A", "B", "C"} {
			wg.Go(func() {
				for i := range rounds {
					err := s.Update(t.Context(), store.Key{User: "alice", ID: id}, func(_ context.Context, r *store.Record) error {
						if i > 0 && r.Label != strconv.Itoa(i-1) {
							return fmt.Errorf("round %d begins with %q", i, r.Label)
						}
						r.Label = strconv.Itoa(i)
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Go(func() {
			if _, err := s.Rewrap(t.Context()); err != nil {
				t.Errorf("Rewrap: %v", err)
			}
		})
		wg.Wait()
		records, err := db.store(t, next).List(t.Context(), "alice")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			if r.Label != strconv.Itoa(rounds-1) || r.RefreshToken != record("alice", r.ID).RefreshToken {
				t.Errorf("%s has the label %q", r.ID, r.Label)
			}
		}
	})
}

func TestLostKeyIsAClearErrorAtStart(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		lost, key := sqlstore.NewKey(), sqlstore.NewKey()
		half := record("carol", "A")
		half.RefreshToken = ""
		create(t, db.store(t, lost), record("alice", "A"), half, record("bob", "A"))
		create(t, db.store(t, key, lost), record("alice", "B"))
		begin(t, db.store(t, lost, key), "nonce", "alice")

		_, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{key}})
		if !errors.Is(err, sqlstore.ErrKeyMissing) {
			t.Fatalf("error %v", err)
		}
		for _, want := range []string{lost.ID(), ": 3.", "Config.Keys", "Config.LostKeys"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("the error does not mention %q: %v", want, err)
			}
		}

		var log bytes.Buffer
		s, err := db.open(t, sqlstore.Config{
			Keys: []sqlstore.Key{key}, LostKeys: []string{"0123456789abcdef", lost.ID()}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if err != nil {
			t.Fatal(err)
		}
		wantWhole(t, s, "alice", "B")
		for _, user := range []string{"alice", "bob", "carol"} {
			if r, err := s.Get(t.Context(), store.Key{User: user, ID: "A"}); err != nil || !r.Reconnect() || r.AccessToken != "" || r.Label != "Köln" {
				t.Errorf("the connection of %s whose key is lost: %+v, %v", user, r, err)
			}
		}
		if _, err := s.Take(t.Context(), "nonce", "alice", proof); !errors.Is(err, sqlstore.ErrKeyMissing) {
			t.Errorf("the attempt whose key is lost: %v", err)
		}
		if !strings.Contains(log.String(), lost.ID()) || !strings.Contains(log.String(), "connections=3") {
			t.Errorf("the log does not tell what is lost: %s", log.String())
		}
		db.store(t, key) // needs to be told once
	})
}

func TestKeyThatOpensNothingIsAClearErrorAtStart(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		key := sqlstore.NewKey()
		create(t, db.store(t, key), record("alice", "A"), record("alice", "B"))
		db.exec(t, `UPDATE pme_connections SET user_id = 'mallory' WHERE id = 'A'`)
		wantWhole(t, db.store(t, key), "alice", "B") // one damaged connection does not prevent the start
		db.exec(t, `UPDATE pme_connections SET user_id = 'mallory' WHERE id = 'B'`)
		_, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{key}})
		if !errors.Is(err, sqlstore.ErrDamaged) || !strings.Contains(err.Error(), key.ID()) {
			t.Errorf("error %v", err)
		}
	})
}

func TestRewrapSealsTheRestWhereSomeAreDamaged(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		old, next := sqlstore.NewKey(), sqlstore.NewKey()
		create(t, db.store(t, old), record("alice", "A"), record("alice", "B"), record("bob", "C"))
		db.exec(t, `UPDATE pme_connections SET user_id = 'mallory' WHERE id = 'A'`)
		n, err := db.store(t, next, old).Rewrap(t.Context())
		if n != 2 || !errors.Is(err, sqlstore.ErrDamaged) {
			t.Errorf("Rewrap = %d, %v; want 2, and an error", n, err)
		}
	})
}
