package resolve_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/matterport"
)

// keeping has what is found kept in a file.
func keeping(path string) func(*resolve.Config) {
	return func(cfg *resolve.Config) { cfg.Path = path }
}

// restarted returns a house of a process that starts while Matterport is down.
func restarted(t *testing.T, path string) *house {
	t.Helper()
	a := plant()
	a.err = matterport.ErrUnavailable
	return newHouse(t, a, forAlice("folder:Plant 3", "internalId:A-17"), keeping(path))
}

func TestWhatWasFoundIsKeptOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "selectors.json")
		h := newHouse(t, plant(), forAlice("folder:Plant 3", "internalId:A-17", "folder:Nowhere"), keeping(path))
		h.wantAllowed(t, office, warehouse)
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file: %v, %v", info, err)
		}
		_ = h.Close()
		restarted(t, path).wantAllowed(t, office, warehouse)
		pass(24*time.Hour + time.Nanosecond)
		restarted(t, path).wantAllowed(t)
	})
}

func TestFileThatCannotBeTrustedIsNotUsed(t *testing.T) {
	const good = `{"selectors":{"folder:Plant 3":{"at":"2000-01-01T00:00:00Z","models":["` + office + `"]}}}`
	for name, test := range map[string]struct {
		content string
		mode    os.FileMode
		warned  int
		used    bool
	}{
		"good":              {good, 0o600, 0, true},
		"readable":          {good, 0o644, 0, true},
		"of a group":        {good, 0o660, 1, false},
		"of all":            {good, 0o602, 1, false},
		"empty":             {"", 0o600, 1, false},
		"half":              {good[:len(good)/2], 0o600, 1, false},
		"null":              {"null", 0o600, 0, false},
		"unknown field":     {`{"version":2,"selectors":{}}`, 0o600, 1, false},
		"wrong selector":    {strings.Replace(good, "folder:", "name:", 1), 0o600, 1, false},
		"other selector":    {strings.Replace(good, "Plant 3", "Plant 4", 1), 0o600, 0, false},
		"wrong ID":          {strings.Replace(good, office, "*", 1), 0o600, 1, false},
		"of the future":     {strings.Replace(good, "00:00:00Z", "00:01:01Z", 1), 0o600, 0, false},
		"without a time":    {strings.Replace(good, `"at":"2000-01-01T00:00:00Z",`, "", 1), 0o600, 0, false},
		"of the day before": {strings.Replace(good, "2000-01-01", "1999-12-30", 1), 0o600, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "selectors.json")
			if err := os.WriteFile(path, []byte(test.content), test.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, test.mode); err != nil { // whatever the umask
				t.Fatal(err)
			}
			t.Log(name)
			h := restarted(t, path)
			h.wantLogged(t, "found before the start are not used", test.warned)
			if test.used {
				h.wantAllowed(t, office)
			} else {
				h.wantAllowed(t)
			}
		})
	}
}

func TestFileThatCannotBeWrittenCostsOnlyTheRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, plant(), forAlice("folder:Plant 3"), keeping(filepath.Join(t.TempDir(), "missing", "selectors.json")))
		h.wantAllowed(t, warehouse)
		h.wantLogged(t, "not stored for the next start", 1)
	})
}
