//go:build unix

package sqlsink_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
)

func TestMigrationsRunOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		add(t, db.sink(t), newChain().some(3)...)
		wantWhole(t, db.sink(t), 3)
		wantVersions(t, db, 1)
	})
}

func TestProcessesThatStartAtOnceMigrateOnce(t *testing.T) {
	leaveOutIfShort(t)
	dsn := postgrestest.Shared(t).Schema(t)
	var wg sync.WaitGroup
	pools := make([]database, 8)
	for i := range pools {
		pools[i] = postgresPool(t, dsn, 2)
	}
	for _, db := range pools {
		wg.Go(func() {
			s, err := db.open(t.Context(), sqlsink.Config{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Append(t.Context(), newChain().some(1)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantVersions(t, pools[0], 1)
	wantWhole(t, pools[0].sink(t), 8)
}

func TestDatabaseOfANewerProgramIsAClearError(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		db.sink(t)
		db.exec(t, `INSERT INTO pme_audit_migrations (version) VALUES (99)`)
		_, err := db.open(t.Context(), sqlsink.Config{})
		if err == nil || !strings.Contains(err.Error(), "newer program") || !strings.Contains(err.Error(), "99") {
			t.Errorf("error %v", err)
		}
	})
}

func wantVersions(t *testing.T, db database, want int) {
	t.Helper()
	var got int
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM pme_audit_migrations`).Scan(&got); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("%d migrations are stored, want %d", got, want)
	}
}
