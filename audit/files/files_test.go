package files

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sinktest"
	"github.com/go-pme/pme/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// disk is a disk that can be full.
type disk struct {
	file
	full *atomic.Bool
	room int // what still fits
}

func (d *disk) Write(p []byte) (int, error) {
	if d.full.Load() {
		n, _ := d.file.Write(p[:min(len(p), d.room)])
		return n, syscall.ENOSPC
	}
	return d.file.Write(p)
}

func open(t *testing.T, dir string) *Files {
	t.Helper()
	f, err := Open(Config{Dir: dir, MaxBytes: 4000})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func newTrail(t *testing.T, f *Files, change func(*audit.Config)) *audit.Trail {
	t.Helper()
	cfg := audit.Config{Sinks: []audit.Sink{f}, Logger: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&cfg)
	}
	trail, err := audit.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return trail
}

func closeTrail(t *testing.T, trail *audit.Trail) {
	t.Helper()
	if err := trail.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func signIns(trail *audit.Trail, n int) {
	for i := range n {
		trail.Listen(event.Event{ID: fmt.Sprint(i), Time: time.Now(), Kind: event.SignedIn, User: fmt.Sprint("user", i)})
	}
}

func read(t *testing.T, f *Files, q audit.Query) (all []audit.Record) {
	t.Helper()
	for r, err := range f.Records(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func wantWhole(t *testing.T, f *Files, chains int) {
	t.Helper()
	v, err := audit.Verify(t.Context(), f, nil)
	if err != nil || !v.OK() || len(v.Chains) != chains {
		t.Errorf("%+v, %v, want %d chains", v, err, chains)
	}
}

func TestSink(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) audit.Sink { return open(t, t.TempDir()) })
}

func TestFilesAreBegunByDayAndSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "audit")
		f := open(t, dir)
		trail := newTrail(t, f, nil)
		for range 3 {
			signIns(trail, 5)
			synctest.Wait()
			signIns(trail, 20)
			time.Sleep(24 * time.Hour)
		}
		closeTrail(t, trail)
		names, err := filepath.Glob(filepath.Join(dir, "2000010[1-4]T000000Z-*.jsonl"))
		if err != nil || len(names) < 4 {
			t.Errorf("%q, %v", names, err)
		}
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%v, %v", info, err)
		}
		if info, err := os.Stat(names[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info, err)
		}
		all := read(t, f, audit.Query{Kinds: []event.Kind{event.SignedIn}})
		slices.SortFunc(all, func(a, b audit.Record) int { return a.Time.Compare(b.Time) })
		second := read(t, f, audit.Query{From: all[0].Time.Add(time.Hour), To: all[0].Time.Add(25 * time.Hour), Kinds: []event.Kind{event.SignedIn}})
		if len(all) != 75 || len(second) != 25 || second[0].Time.Sub(all[0].Time) != 24*time.Hour {
			t.Errorf("%d and %d records", len(all), len(second))
		}
		wantWhole(t, f, 4)
	})
}

func TestProcessesShareADirectory(t *testing.T) {
	dir := t.TempDir()
	one, two := open(t, dir), open(t, dir)
	a, b := newTrail(t, one, nil), newTrail(t, two, nil)
	signIns(a, 30)
	signIns(b, 30)
	closeTrail(t, a)
	closeTrail(t, b)
	c := newTrail(t, one, nil) // the first is started again
	signIns(c, 30)
	closeTrail(t, c)
	wantWhole(t, two, 3)
}

func TestFullDiskLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := open(t, t.TempDir())
		var full atomic.Bool
		f.open = func(name string, flag int, mode os.FileMode) (file, error) {
			opened, err := openFile(name, flag, mode)
			return &disk{opened, &full, 700}, err
		}
		trail := newTrail(t, f, func(c *audit.Config) { c.Mode = audit.Required })
		signIns(trail, 2)
		synctest.Wait()
		full.Store(true)
		signIns(trail, 3)
		err := trail.Record(t.Context(), event.Event{ID: "g", Time: time.Now(), Kind: event.TokenGranted})
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%v on a full disk", err)
		}
		time.Sleep(time.Minute)
		if n := len(read(t, f, audit.Query{})); n != 3 {
			t.Errorf("%d records while the disk is full, want 3", n)
		}
		full.Store(false)
		time.Sleep(time.Minute)
		closeTrail(t, trail)
		if n := len(read(t, f, audit.Query{Kinds: []event.Kind{event.SignedIn, event.TokenGranted}})); n != 5 {
			t.Errorf("%d records afterwards, want 5: the grant was not made", n)
		}
		wantWhole(t, f, 1)
	})
}

// A process that is killed leaves an incomplete line.
func TestIncompleteLineIsNoRecord(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	trail := newTrail(t, f, nil)
	signIns(trail, 3)
	closeTrail(t, trail)
	all, err := parts(dir)
	if err != nil {
		t.Fatal(err)
	}
	name := all[0].name
	content, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	rewrite := func(content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(string(content[:len(content)-20]))
	if n := len(read(t, f, audit.Query{})); n != 4 {
		t.Errorf("%d records", n)
	}
	wantWhole(t, f, 1)
	lines := strings.SplitAfter(string(content), "\n")
	rewrite(lines[0] + "not JSON\n" + strings.Repeat("x", 2<<20) + "\n" + strings.Join(lines[1:], ""))
	v, err := audit.Verify(t.Context(), f, nil)
	if err != nil || len(v.Problems) != 2 || !strings.Contains(v.Problems[0], name+", line 2") {
		t.Errorf("%.300q, %v", v.Problems, err)
	}
}

func TestOldFilesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		f := open(t, dir)
		trail := newTrail(t, f, func(c *audit.Config) { c.Retention = 10 * 24 * time.Hour })
		if err := os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		idle := open(t, dir)
		other := newTrail(t, idle, nil)
		for range 30 {
			signIns(trail, 3)
			time.Sleep(24 * time.Hour)
		}
		closeTrail(t, trail)
		signIns(other, 1)
		closeTrail(t, other)
		days := make(map[string]bool)
		for _, r := range read(t, f, audit.Query{Kinds: []event.Kind{event.SignedIn}}) {
			days[r.Time.Format(time.DateOnly)] = true
		}
		if len(days) != 12 {
			t.Errorf("%d days are left of 30, want 11 and that of the process that was idle", len(days))
		}
		if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
			t.Error(err)
		}
		if v, err := audit.Verify(t.Context(), f, nil); err != nil || !v.OK() {
			t.Errorf("%+v, %v", v, err)
		}
	})
}

func TestReadingEndsWithItsContext(t *testing.T) {
	f := open(t, t.TempDir())
	trail := newTrail(t, f, nil)
	signIns(trail, 3)
	closeTrail(t, trail)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := audit.Verify(ctx, f, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, cfg := range map[string]Config{
		"Dir is missing":  {},
		"MaxBytes":        {Dir: dir, MaxBytes: -1},
		"cannot be made":  {Dir: filepath.Join(dir, "file")},
		"not a directory": {Dir: filepath.Join(dir, "file", "x")},
	} {
		if _, err := Open(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", cfg, err, want)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || !slices.Equal([]string{left[0].Name()}, []string{"file"}) || len(left) != 1 {
		t.Errorf("%v, %v: the probe is left", left, err)
	}
}
