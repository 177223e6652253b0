package access_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

const (
	forAlice = "rules:\n  - users: [alice]\n    models: [SxQL3iGyoDo]\n"
	forBoth  = forAlice + "  - users: [bob]\n    models: [SxQL3iGyoDo]\n"
	broken   = "rules:\n  - users: [bob]\n    models: [SxQL3iGyoDo]\n    group: [staff]\n"

	// nextLook is longer than the default interval and the wait for a writer, and shorter than two.
	nextLook = 6 * time.Second
)

// allowFile is an open File at a path that a test can change, with its log.
type allowFile struct {
	*access.File
	path string
	log  *bytes.Buffer // read it only when the bubble is at rest
}

func openFile(t *testing.T, path string) *allowFile {
	t.Helper()
	f := &allowFile{path: path, log: new(bytes.Buffer)}
	var err error
	f.File, err = access.OpenFile(path, access.FileOptions{Logger: slog.New(slog.NewJSONHandler(f.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// newFile opens a file with this text.
func newFile(t *testing.T, text string) *allowFile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "allow.yaml")
	write(t, path, text)
	return openFile(t, path)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wait lets fake time pass, and the File do what it has to do in it.
func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// expect checks who of alice and bob may see the office.
func expect(t *testing.T, policy access.Policy, alice, bob bool) {
	t.Helper()
	for user, want := range map[string]bool{"alice": alice, "bob": bob} {
		if got, err := policy.Allowed(t.Context(), &identity.User{ID: user}, office); got != want || err != nil {
			t.Errorf("Allowed(%s) = %v, %v; want %v", user, got, err, want)
		}
	}
}

// records returns the log's records so far as "LEVEL message: error", and empties it.
func (f *allowFile) records(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(f.log.String()) {
		var r struct{ Level, Msg, Path, Error string }
		if err := json.Unmarshal([]byte(line), &r); err != nil || r.Path != f.path {
			t.Fatalf("log record %q: %v", line, err)
		}
		all = append(all, r.Level+" "+r.Msg+": "+r.Error)
	}
	f.log.Reset()
	return all
}

func (f *allowFile) expectLog(t *testing.T, want ...string) {
	t.Helper()
	got := f.records(t)
	if len(got) != len(want) {
		t.Fatalf("log = %q; want %d records like %q", got, len(want), want)
	}
	for i := range want {
		level, part, _ := strings.Cut(want[i], " ")
		if !strings.HasPrefix(got[i], level+" ") || !strings.Contains(got[i], part) {
			t.Errorf("log record %d = %q; want %s with %q", i, got[i], level, part)
		}
	}
}

func TestPanicOfACallbackStopsNeitherOtherCallbacksNorTheNextCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		var called int
		f.Watch(func() { panic("secret" + "value") })
		f.Watch(func() { called++ })
		write(t, f.path, forBoth)
		wait(nextLook)
		expect(t, f, true, true)
		write(t, f.path, forAlice)
		wait(nextLook)
		expect(t, f, true, false)
		if called != 2 {
			t.Errorf("the other callback was called %d times, want 2", called)
		}
		if log := f.log.String(); strings.Count(log, "panic recovered") != 2 || strings.Contains(log, "secretvalue") {
			t.Errorf("log %s", log)
		}
	})
}

// failingLog is a handler of the application's own that panics.
type failingLog struct{ slog.Handler }

func (failingLog) Enabled(context.Context, slog.Level) bool { return true }

func (failingLog) Handle(context.Context, slog.Record) error { panic("the log is broken") }

func TestPanicOfTheLoggerStopsNeitherCallbacksNorTheNextCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "allow.yaml")
		write(t, path, forAlice)
		f, err := access.OpenFile(path, access.FileOptions{Logger: slog.New(failingLog{})})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Close() })
		var called int
		f.Watch(func() { called++ })
		for _, text := range []string{forBoth, broken, forAlice} {
			write(t, path, text)
			wait(nextLook)
		}
		expect(t, f, true, false)
		if called != 2 {
			t.Errorf("the callback was called %d times, want 2", called)
		}
	})
}

func TestChangedFileIsInForceAtTheNextCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		changes := 0
		f.Watch(func() {
			changes++
			expect(t, f, true, true) // already in force
		})
		expect(t, f, true, false)
		wait(nextLook)
		f.expectLog(t)

		write(t, f.path, forBoth)
		expect(t, f, true, false)
		wait(nextLook)
		expect(t, f, true, true)
		wait(10 * nextLook)
		f.expectLog(t, "INFO has changed")
		if changes != 1 {
			t.Errorf("Watch reported %d changes; want 1", changes)
		}
		grants, err := f.Grants(t.Context(), &identity.User{ID: "bob"})
		if len(grants.Models) != 1 || err != nil {
			t.Errorf("Grants = %v, %v; want one model", grants, err)
		}
		_ = f.Close()
	})
}

func TestFileIsReadOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "allow.yaml")
		write(t, path, forAlice)
		f, err := access.OpenFile(path, access.FileOptions{Interval: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		write(t, path, forBoth)
		wait(time.Hour - time.Second)
		expect(t, f, true, false)
		wait(7 * time.Minute)
		expect(t, f, true, true)
	})
}

// A rewrite that keeps size and modification time is a change all the same.
func TestRewriteWithTheSameTimeAndSizeIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		before, err := os.Stat(f.path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f.path, strings.Replace(forAlice, "alice", "  bob", 1))
		if err := os.Chtimes(f.path, before.ModTime(), before.ModTime()); err != nil {
			t.Fatal(err)
		}
		after, err := os.Stat(f.path)
		if err != nil || !after.ModTime().Equal(before.ModTime()) || after.Size() != before.Size() {
			t.Fatalf("the rewrite shows: %v, %v", after, err)
		}
		wait(nextLook)
		expect(t, f, false, true)
		_ = f.Close()
	})
}

func TestBrokenFileNeverReplacesAGoodOne(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, path string){
		"unknown key":   func(t *testing.T, path string) { write(t, path, broken) },
		"empty":         func(t *testing.T, path string) { write(t, path, "") },
		"no YAML":       func(t *testing.T, path string) { write(t, path, forBoth+"  - users: [carol") },
		"too big":       func(t *testing.T, path string) { write(t, path, forBoth+"#"+strings.Repeat("x", 1<<20)) },
		"missing":       remove,
		"a directory":   func(t *testing.T, path string) { remove(t, path); mkdir(t, path) },
		"a pipe":        func(t *testing.T, path string) { remove(t, path); mkfifo(t, path) },
		"dangling link": func(t *testing.T, path string) { remove(t, path); symlink(t, "nowhere", path) },
		"link loop":     func(t *testing.T, path string) { remove(t, path); symlink(t, filepath.Base(path), path) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFile(t, forAlice)
				changes := 0
				f.Watch(func() { changes++ })
				spoil(t, f.path)
				wait(20 * nextLook)
				expect(t, f, true, false)
				f.expectLog(t, "ERROR "+f.path)
				if changes != 0 {
					t.Errorf("Watch reported %d changes; want none", changes)
				}

				if err := os.RemoveAll(f.path); err != nil {
					t.Fatal(err)
				}
				write(t, f.path, forAlice)
				wait(20 * nextLook)
				f.expectLog(t, "INFO usable again")
				if changes != 0 {
					t.Errorf("Watch reported %d changes though the list is the old one", changes)
				}
				_ = f.Close()
			})
		})
	}
}

func TestEachDistinctProblemIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		for _, text := range []string{broken, "", broken} {
			write(t, f.path, text)
			wait(20 * nextLook)
		}
		f.expectLog(t, `ERROR :4: unknown key "group"`, "ERROR the file is empty", `ERROR :4: unknown key "group"`)
		write(t, f.path, forBoth)
		wait(20 * nextLook)
		f.expectLog(t, "INFO has changed")
		expect(t, f, true, true)
		write(t, f.path, "")
		wait(20 * nextLook)
		f.expectLog(t, "ERROR the file is empty")
		_ = f.Close()
	})
}

// Half a list can be a valid list: here it would lock bob out, and have his tokens revoked.
func TestHalfWrittenFileIsNotTaken(t *testing.T) {
	for name, begin := range map[string]func(t *testing.T, path string){
		"half the rules": func(t *testing.T, path string) { write(t, path, forAlice) },
		"half a rule":    func(t *testing.T, path string) { write(t, path, forAlice+"  - us") },
		"truncated":      func(t *testing.T, path string) { write(t, path, "") },
		"removed":        remove,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFile(t, forBoth)
				f.Watch(func() { t.Error("a change was reported") })
				wait(5*time.Second - time.Millisecond)
				begin(t, f.path)
				wait(2 * time.Millisecond) // the look begins, and finds the half
				write(t, f.path, forBoth)
				wait(20 * nextLook)
				expect(t, f, true, true)
				f.expectLog(t)
				_ = f.Close()
			})
		})
	}
}

// Kubernetes mounts a ConfigMap as allow.yaml -> ..data/allow.yaml, ..data -> ..2026_01, and changes
// it by renaming a new ..data over the old one.
func TestConfigMapSwapIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		publish := func(version, text string) {
			mkdir(t, filepath.Join(dir, version))
			write(t, filepath.Join(dir, version, "allow.yaml"), text)
			symlink(t, version, filepath.Join(dir, "..data_tmp"))
			if err := os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")); err != nil {
				t.Fatal(err)
			}
		}
		publish("..2026_01", forAlice)
		symlink(t, "..data/allow.yaml", filepath.Join(dir, "allow.yaml"))
		f := openFile(t, filepath.Join(dir, "allow.yaml"))
		expect(t, f, true, false)

		publish("..2026_02", forBoth)
		if err := os.RemoveAll(filepath.Join(dir, "..2026_01")); err != nil {
			t.Fatal(err)
		}
		wait(nextLook)
		expect(t, f, true, true)

		publish("..2026_03", broken)
		wait(nextLook)
		expect(t, f, true, true)
		f.expectLog(t, "INFO has changed", "ERROR unknown key")
		_ = f.Close()
	})
}

func TestClosedFileStillAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		f.Watch(func() { t.Error("a change was reported after Close") })
		for range 2 {
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		write(t, f.path, forBoth)
		wait(20 * nextLook)
		expect(t, f, true, false)
		f.Watch(func() {})()
	})
}

func TestCloseDuringACheckDoesNotWaitForTheWriter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		write(t, f.path, forBoth)
		wait(5*time.Second + time.Millisecond) // the look has begun and waits
		before := time.Now()
		_ = f.Close()
		if waited := time.Since(before); waited != 0 {
			t.Errorf("Close took %v", waited)
		}
		expect(t, f, true, false)
	})
}

func TestStoppedCallbackIsNotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		var order []string
		stop := f.Watch(func() { order = append(order, "first") })
		var stopSelf func()
		stopSelf = f.Watch(func() { order = append(order, "once"); stopSelf() }) // under no lock
		f.Watch(func() { order = append(order, "last") })
		f.Watch(nil)()
		f.Watch(nil)

		write(t, f.path, forBoth)
		wait(nextLook)
		stop()
		stop()
		write(t, f.path, forAlice)
		wait(nextLook)
		if got := strings.Join(order, " "); got != "first once last last" {
			t.Errorf("calls: %s; want first once last last", got)
		}
		_ = f.Close()
	})
}

func TestOpenFileFailsWithoutAGoodList(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "allow.yaml")
	open := func(path string, opts access.FileOptions) error {
		f, err := access.OpenFile(path, opts)
		if f != nil || err == nil {
			t.Fatalf("OpenFile = %v, %v; want nil and an error", f, err)
		}
		return err
	}
	if err := open(path, access.FileOptions{}); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "access: ") {
		t.Errorf("missing file: %v", err)
	}
	if err := open(dir, access.FileOptions{}); !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("directory: %v", err)
	}
	write(t, path, broken)
	if err := open(path, access.FileOptions{}); !strings.HasPrefix(err.Error(), path+`:4: unknown key "group"`) {
		t.Errorf("broken file: %v", err)
	}
	write(t, path, forAlice)
	if err := open(path, access.FileOptions{Interval: -1}); !strings.Contains(err.Error(), "FileOptions.Interval is -1ns") {
		t.Errorf("negative interval: %v", err)
	}
}

func TestNilFileIsNoPolicy(t *testing.T) {
	var f *access.File
	if policy, err := f.Policy(); policy != nil || err == nil {
		t.Errorf("Policy = %v, %v; want nil and an error", policy, err)
	}
}

// Run with -race: readers, changes, callbacks and Close at once, in real time.
func TestFileIsSafeForConcurrentUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "allow.yaml")
	write(t, path, forAlice)
	f, err := access.OpenFile(path, access.FileOptions{Interval: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	changed := make(chan struct{}, 100)
	f.Watch(func() { changed <- struct{}{} })
	var readers sync.WaitGroup
	var done atomic.Bool
	for range 4 {
		readers.Go(func() {
			for !done.Load() {
				if ok, err := f.Allowed(t.Context(), &identity.User{ID: "alice"}, office); !ok || err != nil {
					t.Errorf("Allowed = %v, %v; want true at all times", ok, err)
				}
				f.Watch(func() {})()
			}
		})
	}
	write(t, path, forBoth)
	<-changed
	expect(t, f, true, true)
	_ = f.Close()
	done.Store(true)
	readers.Wait()
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func mkfifo(t *testing.T, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}
