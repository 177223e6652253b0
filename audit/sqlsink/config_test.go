//go:build unix

package sqlsink_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/audit/sqlsink"
)

func TestEverythingThatIsWrongIsReported(t *testing.T) {
	for what, tc := range map[string]struct {
		cfg  sqlsink.Config
		want []string
	}{
		"nothing given":      {sqlsink.Config{}, []string{"Config.DB", "Config.Dialect"}},
		"an unknown dialect": {sqlsink.Config{Dialect: 3}, []string{"Config.DB", "Config.Dialect is 3"}},
	} {
		_, err := sqlsink.New(t.Context(), tc.cfg)
		if err == nil {
			t.Errorf("%s is no error", what)
			continue
		}
		for _, want := range tc.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: the error does not mention %s: %v", what, want, err)
			}
		}
	}
}

func TestSQLiteIsForOneConnectionOfOneProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.db")
	_, err := database{pool(t, "sqlite", path, 2), sqlsink.SQLite}.open(t.Context(), sqlsink.Config{})
	if err == nil || !strings.Contains(err.Error(), "SetMaxOpenConns(1)") {
		t.Errorf("a pool of two: %v", err)
	}
	_, err = database{pool(t, "sqlite", path, 1), sqlsink.SQLite}.open(t.Context(), sqlsink.Config{})
	if err == nil || !strings.Contains(err.Error(), "locking_mode") {
		t.Errorf("a file that others can use: %v", err)
	}
}
