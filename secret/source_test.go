package secret_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/secret"
)

// files are what may be in the place of a secret, and what is said of it; "" if it is good.
var files = map[string]struct {
	content string
	values  []string
	problem string
}{
	"plain":          {"hush", []string{"hush"}, ""},
	"LF":             {"hush\n", []string{"hush"}, ""},
	"CR LF":          {"hush\r\n", []string{"hush"}, ""},
	"BOM":            {"\ufeffhush\r\n", []string{"hush"}, ""},
	"two":            {"new\nold\n", []string{"new", "old"}, ""},
	"two, CR LF":     {"new\r\nold\r\n", []string{"new", "old"}, ""},
	"the same twice": {"new\nnew", []string{"new"}, ""},
	"empty":          {"", nil, "the file is empty"},
	"one line break": {"\n", nil, "the file is empty"},
	"only BOM":       {"\ufeff\n", nil, "the file is empty"},
	"empty line":     {"new\n\nold\n", nil, "value 2 is empty"},
	"line at end":    {"new\n\n", nil, "value 2 is empty"},
	"space":          {"hush \n", nil, "value 1 has a space (U+0020) at its end"},
	"invisible":      {"new\nhu\u200bsh\n", nil, "value 2 has an invisible character (U+200B) in it"},
	"UTF-16":         {"\xff\xfeh\x00u\x00", nil, "value 1 is not UTF-8"},
	"NUL":            {"hush\x00", nil, "value 1 has a NUL character"},
	"1 MB":           {strings.Repeat("hush\n", 200_000), nil, "longer than 65536 bytes"},
	"17 values":      {numbered(17), nil, "there are more than 16 values"},
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "hush%d\n", i)
	}
	return b.String()
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestWhatAFileMayHold(t *testing.T) {
	for name, f := range files {
		path := filepath.Join(t.TempDir(), "client-secret")
		write(t, path, f.content)
		s, err := secret.File(path)
		switch {
		case f.problem == "" && (err != nil || !slices.Equal(s.Values(), f.values)):
			t.Errorf("%s: %v", name, err)
		case f.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), "secret: "+path+": "+f.problem)):
			t.Errorf("%s: %v, want %s", name, err, f.problem)
		case err != nil && strings.Contains(err.Error(), "hush"):
			t.Errorf("%s: the value is in %v", name, err)
		}
	}
}

func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir: "not a regular file", pipe: "not a regular file", filepath.Join(dir, "none"): "no such file",
	} {
		if _, err := secret.File(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := secret.File(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
	if os.Getuid() != 0 { // who may read everything
		locked := filepath.Join(dir, "locked")
		write(t, locked, "hush")
		if err := os.Chmod(locked, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.File(locked); !errors.Is(err, fs.ErrPermission) {
			t.Error(err)
		}
	}
}

// A desk is a source, and what its consumer was told.
type desk struct {
	*secret.Source
	path string
	news []secret.Change
}

func newDesk(t *testing.T, content string) *desk {
	d := &desk{path: filepath.Join(t.TempDir(), "client-secret")}
	write(t, d.path, content)
	var err error
	if d.Source, err = secret.File(d.path); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Register(secret.Consumer{Changed: func(c secret.Change) { d.news = append(d.news, c) }}); err != nil {
		t.Fatal(err)
	}
	return d
}

// Look has the file looked at, and waits until the consumers were told.
func (d *desk) Look(ctx context.Context) {
	d.Source.Look(ctx)
	synctest.Wait()
}

func (d *desk) health(t *testing.T) string {
	if err := d.HealthParts()[0].Check(t.Context()); err != nil {
		return err.Error()
	}
	return ""
}

func TestABadFileChangesNothingAndIsToldOnce(t *testing.T) {
	bad := func(d *desk, name string) {
		switch name {
		case "missing":
			_ = os.Remove(d.path)
		case "directory":
			_ = os.Remove(d.path)
			_ = os.Mkdir(d.path, 0o700)
		default:
			write(t, d.path, files[name].content)
		}
	}
	for _, name := range []string{"missing", "directory", "empty", "empty line", "space", "UTF-16", "1 MB"} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, "first\n")
			bad(d, name)
			for range 3 {
				d.Look(t.Context())
			}
			if got := d.Values(); !slices.Equal(got, []string{"first"}) || d.health(t) == "" {
				t.Errorf("%s: it has changed, health %q", name, d.health(t))
			}
			if len(d.news) != 1 || d.news[0].Problem == "" || d.news[0].Values || d.news[0].File != "client-secret" || strings.Contains(d.news[0].Problem, "hush") {
				t.Errorf("%s: told %+v", name, d.news)
			}
			_ = os.Remove(d.path)
			write(t, d.path, "first") // the line break does not matter
			d.Look(t.Context())
			if len(d.news) != 2 || d.news[1] != (secret.Change{File: "client-secret"}) || d.health(t) != "" {
				t.Errorf("%s: then told %+v, health %q", name, d.news, d.health(t))
			}
			time.Sleep(time.Second) // the look that Values has begun
			synctest.Wait()
		})
	}
}

func TestWhatIsBeingWrittenIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		write(t, d.path, "sec") // the look reads this
		time.Sleep(time.Second)
		d.Values()
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		write(t, d.path, "second\n") // the rest arrives before it reads again
		time.Sleep(time.Second / 2)
		if got := d.Values(); !slices.Equal(got, []string{"first"}) || len(d.news) != 0 {
			t.Errorf("%d values are in force, told %+v", len(got), d.news)
		}
		time.Sleep(time.Second / 2)
		d.Values()
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if got := d.Values(); !slices.Equal(got, []string{"second"}) || len(d.news) != 1 || !d.news[0].Values {
			t.Errorf("%q, told %+v", got, d.news)
		}
	})
}

// A file that is missing for a moment, as between a remove and a rename, is no news.
func TestAFileThatIsMissingForAMomentIsNoProblem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		_ = os.Remove(d.path)
		time.Sleep(time.Second)
		d.Values()
		time.Sleep(20 * time.Millisecond)
		synctest.Wait()
		write(t, d.path, "second\n")
		time.Sleep(time.Second / 2)
		if len(d.news) != 0 || d.health(t) != "" {
			t.Errorf("told %+v", d.news)
		}
		d.Look(t.Context())
		if got := d.Values(); !slices.Equal(got, []string{"second"}) || len(d.news) != 1 {
			t.Errorf("%q, told %+v", got, d.news)
		}
	})
}

func TestOlderFilesFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		newer, older := filepath.Join(dir, "new"), filepath.Join(dir, "old")
		write(t, newer, "b\n")
		write(t, older, "a\n")
		s, err := secret.File(newer, older)
		if err != nil || !slices.Equal(s.Values(), []string{"b", "a"}) {
			t.Fatal(err)
		}
		write(t, older, "b\n")
		write(t, newer, "c\n")
		s.Look(t.Context())
		if got := s.Values(); !slices.Equal(got, []string{"c", "b"}) {
			t.Error(got)
		}
	})
}

// The modification time says nothing: here it stays the same, and so does the length.
func TestContentCountsAndNotTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		at := time.Unix(1e9, 0)
		_ = os.Chtimes(d.path, at, at)
		d.Look(t.Context())
		write(t, d.path, "other\n")
		_ = os.Chtimes(d.path, at, at)
		d.Look(t.Context())
		if got := d.Values(); !slices.Equal(got, []string{"other"}) {
			t.Error(got)
		}
	})
}

// Kubernetes has ..data point to a directory, and swaps that link.
func TestASwappedLinkIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		for version, value := range map[string]string{"..1": "first", "..2": "second"} {
			_ = os.Mkdir(filepath.Join(dir, version), 0o700)
			write(t, filepath.Join(dir, version, "secret"), value)
		}
		_ = os.Symlink("..1", filepath.Join(dir, "..data"))
		_ = os.Symlink(filepath.Join("..data", "secret"), filepath.Join(dir, "secret"))
		s, err := secret.File(filepath.Join(dir, "secret"))
		if err != nil || s.Values()[0] != "first" {
			t.Fatal(err)
		}
		_ = os.Symlink("..2", filepath.Join(dir, "..tmp"))
		_ = os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data"))
		s.Look(t.Context())
		if s.Values()[0] != "second" {
			t.Error("the first value is still in force")
		}
	})
}

func TestASourceThatIsUsedIsLookedAtOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		write(t, d.path, "second\n")
		began := time.Now()
		for d.Values()[0] == "first" && time.Since(began) < time.Minute {
			time.Sleep(10 * time.Millisecond)
		}
		if took := time.Since(began); took < time.Second || took > 1200*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

func TestConsumersCheckNewValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		short := errors.New("the value is too short")
		remove, err := d.Register(secret.Consumer{Check: func(v string) error {
			if v == "panic" {
				panic(v)
			}
			if len(v) < 5 {
				return short
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Register(secret.Consumer{CheckAll: func([]string) error { return short }}); !errors.Is(err, short) {
			t.Errorf("registered in spite of %v", err)
		}
		for _, bad := range []string{"2nd", "panic"} {
			write(t, d.path, "second\n"+bad)
			d.Look(t.Context())
			if got := d.Values(); !slices.Equal(got, []string{"first"}) {
				t.Errorf("%d values are in force", len(got))
			}
			if last := d.news[len(d.news)-1]; !strings.HasPrefix(last.Problem, "secret: "+d.path+": the ") || strings.Contains(last.Problem, bad+"\n") {
				t.Errorf("told %+v", last)
			}
		}
		remove()
		write(t, d.path, "2nd\n")
		d.Look(t.Context())
		if got := d.Values(); !slices.Equal(got, []string{"2nd"}) {
			t.Error(got)
		}
	})
}

func TestFixedSources(t *testing.T) {
	s := secret.Fixed("new", "old", "new")
	s.Look(t.Context())
	if _, err := s.Register(secret.Consumer{}); err != nil || !slices.Equal(s.Values(), []string{"new", "old"}) {
		t.Error(err, s.Values())
	}
	for _, bad := range []*secret.Source{nil, secret.Fixed(), secret.Fixed(""), secret.Fixed("hush "), secret.Fixed(strings.Split(numbered(17), "\n")[:17]...)} {
		if _, err := bad.Register(secret.Consumer{}); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestASourceIsPrintedWithoutValues(t *testing.T) {
	d := newDesk(t, "hush\n")
	asJSON, err := json.Marshal(map[string]any{"s": d.Source})
	text := fmt.Sprintf("%v %+v %#v %s %q %d %x %v", d.Source, d.Source, d.Source, d.Source, d.Source, d.Source, d.Source, secret.Fixed("hush"))
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", d.Source)
	all := text + string(asJSON) + log.String()
	if err != nil || strings.Contains(all, "hush") || strings.Contains(all, "68757368") || strings.Count(all, "secret.Source(client-secret)") < 8 {
		t.Error(all, err)
	}
}

func BenchmarkValues(b *testing.B) {
	path := filepath.Join(b.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("hush\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	s, err := secret.File(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Values()
	}
}
