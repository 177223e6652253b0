//go:build unix

package sqlstore_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
)

func TestMigrationsRunOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		key := sqlstore.NewKey()
		create(t, db.store(t, key), record("alice", "A"))
		wantWhole(t, db.store(t, key), "alice", "A")
		wantVersions(t, db, 2)
	})
}

func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	dsn, key := postgres(t).Schema(t), sqlstore.NewKey()
	var wg sync.WaitGroup
	pools := make([]database, 8)
	for i := range pools {
		pools[i] = postgresPool(t, dsn, 2)
	}
	for _, db := range pools {
		wg.Go(func() {
			s, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{key}})
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = s.List(t.Context(), "alice")
		})
	}
	wg.Wait()
	wantVersions(t, pools[0], 2)
}

func TestDatabaseOfANewerProgramIsAClearError(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		key := sqlstore.NewKey()
		db.store(t, key)
		db.exec(t, `INSERT INTO pme_migrations (version) VALUES (99)`)
		_, err := db.open(t, sqlstore.Config{Keys: []sqlstore.Key{key}})
		if err == nil || !strings.Contains(err.Error(), "newer program") || !strings.Contains(err.Error(), "99") {
			t.Errorf("error %v", err)
		}
	})
}

func TestMigratedDatabaseNeedsNoRightToChangeTables(t *testing.T) {
	dsn, key := postgres(t).Schema(t), sqlstore.NewKey()
	owner := postgresPool(t, dsn, 1)
	owner.store(t, key)
	if _, err := owner.ExecContext(t.Context(), `DO $$
		DECLARE here text := current_schema();
		BEGIN
			CREATE ROLE guest LOGIN;
			EXECUTE format('GRANT USAGE ON SCHEMA %I TO guest', here);
			EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO guest', here);
		END $$`); err != nil {
		t.Fatal(err)
	}
	s := postgresPool(t, strings.Replace(dsn, "user=postgres", "user=guest", 1), 2).store(t, key)
	create(t, s, record("alice", "A"))
	wantWhole(t, s, "alice", "A")
}

func wantVersions(t *testing.T, db database, want int) {
	t.Helper()
	var got int
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pme_migrations`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d migrations are stored, want %d", got, want)
	}
}
