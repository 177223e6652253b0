//go:build unix

package sqlstore_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/connect/sqlstore"
)

func TestEverythingThatIsWrongIsReported(t *testing.T) {
	key := sqlstore.NewKey()
	for what, tc := range map[string]struct {
		cfg  sqlstore.Config
		want []string
	}{
		"nothing given":      {sqlstore.Config{}, []string{"Config.DB", "Config.Dialect", "Config.Keys"}},
		"an unknown dialect": {sqlstore.Config{Dialect: 3, Keys: []sqlstore.Key{key}}, []string{"Config.DB", "Config.Dialect is 3"}},
		"the zero key":       {sqlstore.Config{Keys: []sqlstore.Key{key, {}}}, []string{"Config.Keys[1]", "zero value"}},
		"a key twice":        {sqlstore.Config{Keys: []sqlstore.Key{key, sqlstore.NewKey(), key}}, []string{"Config.Keys[2]", "twice"}},
		"a key that is lost": {sqlstore.Config{Keys: []sqlstore.Key{key}, LostKeys: []string{key.ID()}}, []string{key.ID(), "Config.LostKeys"}},
	} {
		_, err := sqlstore.New(t.Context(), tc.cfg)
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
	path := filepath.Join(t.TempDir(), "connections.db")
	_, err := sqliteFile(t, path, 2).open(t, sqlstore.Config{Keys: []sqlstore.Key{sqlstore.NewKey()}})
	if err == nil || !strings.Contains(err.Error(), "SetMaxOpenConns(1)") {
		t.Errorf("a pool of two: %v", err)
	}
	plain := database{pool(t, "sqlite", path, 1), sqlstore.SQLite}
	_, err = plain.open(t, sqlstore.Config{Keys: []sqlstore.Key{sqlstore.NewKey()}})
	if err == nil || !strings.Contains(err.Error(), "locking_mode") {
		t.Errorf("a file that others can use: %v", err)
	}
}
