//go:build unix

package sqlstore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
)

// The rows of version 1 under aKey: the connections A of alice and B of bob, the latter without tokens, and an
// attempt of alice.
const (
	oldRefresh  = "01FDFD88A12FD632BC59102F6787B9CC0A75FBBDD1EC21B4790586E3EB18C3EEDBB5DAE37C9B19A65499CA1F6E3A1C29BC68415E4FD37C38B2D79CC1C5F9D43CE3D476E9"
	oldAccess   = "01FDFD88A12FD632BC064EA9BF27D7A3BF08630F8D3F4D3FA207C98C07EE68BB50EACA7F2845D24383E3121782D68FD054FFB5C4E22C43C4A2C287698F07D6A98A"
	oldVerifier = "01FDFD88A12FD632BC43E54EB67AE1DB7C9DFED41FA1F4C4669E01B64BF666DF0784DE9047AB41D53ACE56C4796A8B026FD7"

	oldInsert = `INSERT INTO pme_connections (user_id, id, label, scopes, connected, refreshed, refresh_token, access_token, valid_until)
		VALUES ($1, $2, 'Köln', '["ViewDetails"]', 1772366400000000, NULL, $3, $4, 1772370000000000)`
)

// version1 makes a database as version 1 left it.
func version1(t *testing.T, db database) {
	t.Helper()
	tables, err := os.ReadFile("migrations/0001_connections.sql")
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(string(tables), ";\n") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE pme_migrations (version BIGINT NOT NULL PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	db.exec(t, `INSERT INTO pme_migrations (version) VALUES (1)`)
	db.exec(t, oldInsert, "alice", "A", unhex(t, oldRefresh), unhex(t, oldAccess))
	db.exec(t, oldInsert, "bob", "B", nil, nil)
	db.exec(t, `INSERT INTO pme_attempts (id, user_id, connection_id, label, proof, verifier, ends)
		VALUES ('nonce', 'alice', '', '', $1, $2, 1772366460000000)`, proof[:], unhex(t, oldVerifier))
}

func unhex(t *testing.T, digits string) []byte {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func theKey(t *testing.T) sqlstore.Key {
	t.Helper()
	key, err := sqlstore.ParseKey(aKey)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestRowsOfVersion1AreSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		version1(t, db)
		s := db.store(t, theKey(t))
		wantWhole(t, s, "alice", "A")
		if r, err := s.Get(t.Context(), store.Key{User: "bob", ID: "B"}); err != nil || !r.Reconnect() || r.Label != "Köln" {
			t.Errorf("the connection without tokens: %+v, %v", r, err)
		}
		if a, err := s.Take(t.Context(), "nonce", "alice", proof); err != nil || a.Verifier != verifier {
			t.Errorf("the attempt: %+v, %v", a, err)
		}
		db.exec(t, `UPDATE pme_connections SET access_valid_until = access_valid_until + 1 WHERE user_id = 'alice'`)
		wantUnreadable(t, s, "a row that was sealed by the migration", store.Key{User: "alice", ID: "A"})
	})
}

// The migration needs no key but its own first: it seals what is there, and opens nothing.
func TestVersion1IsSealedBesideANewKey(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		version1(t, db)
		next := sqlstore.NewKey()
		s := db.store(t, next, theKey(t))
		wantWhole(t, s, "alice", "A")
		if n, err := s.Rewrap(t.Context()); n != 1 || err != nil {
			t.Errorf("Rewrap = %d, %v", n, err)
		}
		wantWhole(t, db.store(t, next), "alice", "A")
	})
}

func TestVersion1WithoutItsKeyIsAClearErrorAtStart(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		version1(t, db)
		lost, next := theKey(t).ID(), sqlstore.NewKey()
		_, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{next}})
		if !errors.Is(err, sqlstore.ErrKeyMissing) || !strings.Contains(err.Error(), lost) {
			t.Fatalf("error %v", err)
		}
		var log bytes.Buffer
		cfg := sqlstore.Config{Keys: []sqlstore.Key{next}, LostKeys: []string{lost}, Logger: slog.New(slog.NewTextHandler(&log, nil))}
		s, err := db.open(t, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.Get(t.Context(), store.Key{User: "alice", ID: "A"}); err != nil || !r.Reconnect() || !r.ValidUntil.IsZero() || r.Label != "Köln" {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// A program of version 1 that still runs would store rows without a seal, which others take for damaged.
func TestProgramOfVersion1CanStoreNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		version1(t, db)
		s := db.store(t, theKey(t))
		if _, err := db.ExecContext(t.Context(), oldInsert, "alice", "C", nil, nil); err == nil {
			t.Error("it has stored a connection")
		}
		if _, err := s.List(t.Context(), "alice"); err != nil {
			t.Error(err)
		}
	})
}
