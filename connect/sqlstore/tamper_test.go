//go:build unix

package sqlstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/store"
)

func TestTamperedRowIsAnError(t *testing.T) {
	swap := func(column, from, to string) string {
		return `UPDATE pme_connections SET ` + column + ` = (SELECT ` + from + ` FROM pme_connections WHERE ` + to + `) WHERE user_id = 'alice' AND id = 'A'`
	}
	onBoth(t, func(t *testing.T, db database) {
		key := sqlstore.NewKey()
		s := db.store(t, key)
		mine := store.Key{User: "alice", ID: "A"}
		for what, tc := range map[string]struct {
			statement string
			key       store.Key
		}{
			"a refresh token of another person":       {swap("refresh_token", "refresh_token", `user_id = 'bob'`), mine},
			"an access token of another person":       {swap("access_token", "access_token", `user_id = 'bob'`), mine},
			"a refresh token of another connection":   {swap("refresh_token", "refresh_token", `user_id = 'alice' AND id = 'B'`), mine},
			"a refresh token as access token":         {swap("access_token", "refresh_token", `user_id = 'alice' AND id = 'A'`), mine},
			"a verifier as refresh token":             {`UPDATE pme_connections SET refresh_token = (SELECT verifier FROM pme_attempts WHERE id = 'A') WHERE user_id = 'alice' AND id = 'A'`, mine},
			"a connection given to another person":    {`UPDATE pme_connections SET user_id = 'mallory' WHERE user_id = 'bob'`, store.Key{User: "mallory", ID: "A"}},
			"a connection with another ID":            {`UPDATE pme_connections SET id = 'C' WHERE id = 'B'`, store.Key{User: "alice", ID: "C"}},
			"a connection whose names were moved":     {`UPDATE pme_connections SET user_id = 'alic', id = 'eA' WHERE user_id = 'alice' AND id = 'A'`, store.Key{User: "alic", ID: "eA"}},
			"a token that is plain text":              {`UPDATE pme_connections SET refresh_token = CAST('plain text' AS BYTEA) WHERE user_id = 'alice' AND id = 'A'`, mine},
			"a token that is cut to the key's ID":     {`UPDATE pme_connections SET refresh_token = substr(refresh_token, 1, 9) WHERE user_id = 'alice' AND id = 'A'`, mine},
			"a token that is cut":                     {`UPDATE pme_connections SET refresh_token = substr(refresh_token, 1, 50) WHERE user_id = 'alice' AND id = 'A'`, mine},
			"a token that is cut within the key's ID": {`UPDATE pme_connections SET refresh_token = substr(refresh_token, 1, 5) WHERE user_id = 'alice' AND id = 'A'`, mine},
		} {
			create(t, s, record("alice", "A"), record("alice", "B"), record("bob", "A"))
			begin(t, s, "A", "alice")
			statement := tc.statement
			if db.dialect == sqlstore.SQLite {
				statement = strings.ReplaceAll(statement, "BYTEA", "BLOB")
			}
			db.exec(t, statement)
			wantUnreadable(t, s, what, tc.key)
			for _, user := range []string{"alice", "alic", "bob", "mallory"} {
				if _, err := s.DeleteUser(t.Context(), user); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// The seal covers the whole row: a row that is mixed from two versions of it is refused.
func TestEveryColumnOfAConnectionIsSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		mine := store.Key{User: "alice", ID: "A"}
		for what, change := range map[string]string{
			"label":                       `label = 'Bonn'`,
			"scopes":                      `scopes = '["EditDetails"]'`,
			"scopes with a space":         `scopes = scopes || ' '`,
			"connected":                   `connected = connected + 1`,
			"refreshed":                   `refreshed = 1`,
			"access_valid_until":          `access_valid_until = access_valid_until + 3600000000`,
			"access_valid_until, no more": `access_valid_until = NULL`,
			"refresh_token, no more":      `refresh_token = NULL`,
			"refresh_token of before":     `refresh_token = (SELECT refresh_token FROM before)`,
			"access_token, no more":       `access_token = NULL`,
			"access_token of before":      `access_token = (SELECT access_token FROM before)`,
			"access_token and its end":    `access_token = (SELECT access_token FROM before), access_valid_until = (SELECT access_valid_until FROM before)`,
			"seal, no more":               `seal = NULL`,
			"seal of before":              `seal = (SELECT seal FROM before)`,
			"seal of another":             `seal = (SELECT seal FROM pme_connections WHERE user_id = 'bob')`,
			"tokens as seal":              `seal = refresh_token`,
		} {
			s := db.store(t, sqlstore.NewKey())
			create(t, s, record("alice", "A"), record("bob", "A"))
			if _, err := db.ExecContext(t.Context(), `CREATE TABLE before AS SELECT * FROM pme_connections WHERE user_id = 'alice'`); err != nil {
				t.Fatal(err)
			}
			if err := s.Update(t.Context(), mine, renew); err != nil {
				t.Fatal(err)
			}
			db.exec(t, `UPDATE pme_connections SET `+change+` WHERE user_id = 'alice'`)
			wantUnreadable(t, s, what, mine)
			wantWhole(t, s, "bob", "A")
			if _, err := db.ExecContext(t.Context(), `DROP TABLE before`); err != nil {
				t.Fatal(err)
			}
			for _, user := range []string{"alice", "bob"} {
				if _, err := s.DeleteUser(t.Context(), user); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// renew does what a renewal does.
func renew(_ context.Context, r *store.Record) error {
	r.RefreshToken, r.AccessToken = refreshToken+" of later", accessToken+" of later"
	r.Refreshed, r.ValidUntil = start.Add(time.Hour), start.Add(2*time.Hour)
	return nil
}

func TestRenewedConnectionIsSealedAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.store(t, sqlstore.NewKey())
		create(t, s, record("alice", "A"))
		for range 2 {
			if err := s.Update(t.Context(), store.Key{User: "alice", ID: "A"}, renew); err != nil {
				t.Fatal(err)
			}
			r, err := s.Get(t.Context(), store.Key{User: "alice", ID: "A"})
			if err != nil || !r.ValidUntil.Equal(start.Add(2*time.Hour)) || r.AccessToken != accessToken+" of later" {
				t.Errorf("%+v, %v", r, err)
			}
		}
	})
}

func TestConnectionWithoutTokensIsSealedToo(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.store(t, sqlstore.NewKey())
		wiped := record("alice", "A")
		wiped.RefreshToken, wiped.AccessToken = "", ""
		create(t, s, wiped)
		db.exec(t, `UPDATE pme_connections SET label = 'Bonn'`)
		wantUnreadable(t, s, "the label of a connection without tokens", wiped.Key)
	})
}

func TestEveryBitOfASealedValueCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.store(t, sqlstore.NewKey())
		create(t, s, record("alice", "A"))
		for _, column := range []string{"refresh_token", "access_token", "seal"} {
			everyBitCounts(t, db, s, column)
		}
		wantWhole(t, s, "alice", "A")
	})
}

func everyBitCounts(t *testing.T, db database, s *sqlstore.Store, column string) {
	t.Helper()
	var sealed []byte
	if err := db.QueryRowContext(t.Context(), `SELECT `+column+` FROM pme_connections`).Scan(&sealed); err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1 << (i % 8)
		db.exec(t, `UPDATE pme_connections SET `+column+` = $1`, flipped)
		want := sqlstore.ErrDamaged
		if column == "seal" && i >= 1 && i <= 8 {
			want = sqlstore.ErrKeyMissing // the ID of another
		}
		if _, err := s.Get(t.Context(), store.Key{User: "alice", ID: "A"}); !errors.Is(err, want) {
			t.Errorf("byte %d of %d of %s changed: %v, want %v", i, len(sealed), column, err, want)
		}
	}
	db.exec(t, `UPDATE pme_connections SET `+column+` = $1`, sealed)
}

func TestAttemptThatWasTamperedWithIsAnErrorOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.store(t, sqlstore.NewKey())
		for change, user := range map[string]string{
			`user_id = 'mallory'`: "mallory",
			`verifier = (SELECT verifier FROM pme_attempts WHERE id = 'other')`: "alice",
			`verifier = NULL`:       "alice",
			`connection_id = 'B'`:   "alice",
			`label = 'Bonn'`:        "alice",
			`ends = ends + 3600000`: "alice",
			`ends = NULL`:           "alice",
			`seal = NULL`:           "alice",
			`seal = (SELECT seal FROM pme_attempts WHERE id = 'other')`: "alice",
		} {
			begin(t, s, "nonce", "alice")
			begin(t, s, "other", "alice")
			db.exec(t, `UPDATE pme_attempts SET `+change+` WHERE id = 'nonce'`)
			if a, err := s.Take(t.Context(), "nonce", user, proof); a != nil || !errors.Is(err, sqlstore.ErrDamaged) || strings.Contains(err.Error(), verifier) {
				t.Errorf("%s: %v, %v", change, a, err)
			}
			if _, err := s.Take(t.Context(), "nonce", user, proof); !errors.Is(err, store.ErrNoRecord) {
				t.Errorf("%s: taken again: %v", change, err)
			}
			if _, err := s.Take(t.Context(), "other", "alice", proof); err != nil {
				t.Errorf("another attempt: %v", err)
			}
		}
	})
}

// An attacker who writes to the database could put the hash of a proof of their own there.
func TestProofOfAnAttemptIsSealed(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.store(t, sqlstore.NewKey())
		begin(t, s, "nonce", "alice")
		guess := sha256.Sum256([]byte("guess"))
		db.exec(t, `UPDATE pme_attempts SET proof = $1`, guess[:])
		if _, err := s.Take(t.Context(), "nonce", "alice", proof); !errors.Is(err, store.ErrNotTheirs) {
			t.Errorf("with the proof of before: %v", err)
		}
		if a, err := s.Take(t.Context(), "nonce", "alice", guess); a != nil || !errors.Is(err, sqlstore.ErrDamaged) {
			t.Errorf("with the proof that was put there: %v, %v", a, err)
		}
	})
}

func wantUnreadable(t *testing.T, s *sqlstore.Store, what string, k store.Key) {
	t.Helper()
	r, err := s.Get(t.Context(), k)
	if r != nil || !errors.Is(err, sqlstore.ErrDamaged) && !errors.Is(err, sqlstore.ErrKeyMissing) {
		t.Errorf("%s: Get = %v, %v", what, r, err)
	}
	all, listErr := s.List(t.Context(), k.User)
	if all != nil || listErr == nil {
		t.Errorf("%s: List = %v, %v", what, all, listErr)
	}
	updateErr := s.Update(t.Context(), k, func(context.Context, *store.Record) error {
		t.Errorf("%s: change is called", what)
		return nil
	})
	if updateErr == nil {
		t.Errorf("%s: Update is no error", what)
	}
	for _, err := range []error{err, listErr, updateErr} {
		if err != nil && (strings.Contains(err.Error(), "-token-") || strings.Contains(err.Error(), verifier)) {
			t.Errorf("%s: the error tells a secret: %v", what, err)
		}
	}
}

// useAll does what puts secrets into the database, and into errors and logs if it can.
func useAll(t *testing.T, db database, log *bytes.Buffer) {
	t.Helper()
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{sqlstore.NewKey()}, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	create(t, s, record("alice", "A"), record("bob", "A"))
	begin(t, s, "nonce", "alice")
	begin(t, s, "another", "bob")
	if err := s.Update(t.Context(), store.Key{User: "alice", ID: "A"}, relabel("Bonn")); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		s.Create(t.Context(), record("alice", "A"), 100),
		s.Begin(t.Context(), &store.PendingAuthorization{ID: "nonce", User: "alice", Verifier: verifier, Ends: start}, 5, start),
	} {
		if err == nil {
			t.Error("what is there already is no error")
		}
		logger.Error("refused", "error", err)
	}
}

func TestNothingSecretIsInTheFileOfSQLite(t *testing.T) {
	dir := t.TempDir()
	db := sqliteFile(t, filepath.Join(dir, "connections.db"), 1)
	var log bytes.Buffer
	useAll(t, db, &log)
	wantNoSecrets(t, "the log", log.Bytes())
	wantNoSecretFiles(t, dir) // with the journal
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantNoSecretFiles(t, dir)
}

func TestNothingSecretIsInTheFilesOfPostgreSQL(t *testing.T) {
	server := postgres(t)
	db := postgresPool(t, server.Schema(t), 5)
	var log bytes.Buffer
	useAll(t, db, &log)
	wantNoSecrets(t, "the log", log.Bytes())
	if _, err := db.ExecContext(t.Context(), `CHECKPOINT`); err != nil {
		t.Fatal(err)
	}
	wantNoSecretFiles(t, filepath.Dir(server.Data())) // with the server's own log
}

// wantNoSecretFiles also makes sure that it looks where the rest of the connections is.
func wantNoSecretFiles(t *testing.T, dir string) {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil // it is a server at work: files come and go
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		wantNoSecrets(t, path, text)
		found = found || bytes.Contains(text, []byte("Bonn"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Errorf("no connection is found in %s", dir)
	}
}

func wantNoSecrets(t *testing.T, where string, text []byte) {
	t.Helper()
	for _, secret := range []string{refreshToken, accessToken, verifier} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s contains %s", where, secret)
		}
	}
}
