package rotation_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/internal/rotation"
	"github.com/go-pme/pme/secret"
)

// An other side, with the ring that is tried out.
type bench struct {
	t      *testing.T
	ring   *rotation.Ring
	path   string
	log    logtest.Buffer
	knows  []string
	vague  bool // it does not say that it is the value which is wrong
	silent bool
	shown  []string
}

func newBench(t *testing.T, content string, knows ...string) *bench {
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "secret"), knows: knows}
	b.write(content)
	source, err := secret.File(b.path)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	b.ring, err = rotation.New(rotation.Config{Part: "client secret", Source: source, Events: event.OrLog(nil, log), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.ring.Close)
	return b
}

func (b *bench) write(content string) {
	if err := os.WriteFile(b.path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// call returns whether it went well, and what was shown.
func (b *bench) call() (well bool, pause time.Duration) {
	b.shown = nil
	pause = b.ring.Show(context.Background(), func(value string) rotation.Answer {
		b.shown = append(b.shown, value)
		well = slices.Contains(b.knows, value)
		switch {
		case b.silent:
			return rotation.Silent
		case well:
			return rotation.Accepted
		case b.vague:
			return rotation.Doubtful
		}
		return rotation.Refused
	})
	return well, pause
}

func (b *bench) want(shown string, well bool) {
	b.t.Helper()
	got, pause := b.call()
	if text := strings.Join(b.shown, " "); text != shown || got != well {
		b.t.Errorf("shown %q, well: %v, pause %v; want %q, %v", text, got, pause, shown, well)
	}
}

func (b *bench) health() (all string) {
	for _, p := range b.ring.HealthParts() {
		if err := p.Check(context.Background()); err != nil {
			all += err.Error()
		}
	}
	return all
}

func (b *bench) logged(kind, reason string) int {
	n := 0
	for line := range strings.Lines(b.log.String()) {
		if strings.Contains(line, kind) && strings.Contains(line, "reason="+reason) {
			n++
		}
	}
	return n
}

// play plays a scene in which the other side knows the value "first" at the beginning.
func play(t *testing.T, content string, scene func(b *bench)) {
	for _, vague := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, content, "first")
			b.vague = vague
			scene(b)
			time.Sleep(2 * time.Second)
			b.ring.Values()
			time.Sleep(time.Second)
			synctest.Wait()
			for _, value := range []string{"first", "second", "third", "fourth"} {
				if strings.Contains(b.log.String(), value) || strings.Contains(b.health(), value) {
					t.Errorf("a value is in the log or in health:\n%s", b.log.String())
				}
			}
		})
	}
}

func TestTheNewestIsShownFirstAndTheOneThatWorksFromThenOn(t *testing.T) {
	play(t, "second\nfirst\n", func(b *bench) {
		b.want("second first", true)
		if b.health() == "" || b.logged("secret rejected", "refused") != 1 {
			t.Error("the refusal is not told", b.log.String())
		}
		for range 5 {
			b.want("first", true)
		}
		b.knows = []string{"second"} // the operator resets it
		b.want("first second", true)
		b.want("second", true)
		if b.health() != "" || b.logged("secret changed", "accepted") != 1 {
			t.Error("the acceptance is not told", b.log.String())
		}
	})
}

func TestABadNewFileKeepsTheValueThatWorks(t *testing.T) {
	play(t, "first\n", func(b *bench) {
		b.want("first", true)
		b.write("second\n")
		time.Sleep(time.Second)
		b.want("first", true) // the look has just begun
		time.Sleep(100 * time.Millisecond)
		b.want("second first", true)
		for range 5 {
			b.want("first", true)
		}
		if b.health() == "" || b.logged("secret rejected", "refused") != 1 || b.logged("secret changed", "read") != 1 {
			t.Error("the refusal is not told", b.health(), b.log.String())
		}
		b.write("third\n")
		b.knows = []string{"third"}
		b.want("first second third", true) // it looks again before it gives up
		b.want("third", true)
		if b.health() != "" {
			t.Error(b.health())
		}
	})
}

func TestAFileThatWasJustReplacedIsLookedAtBeforeGivingUp(t *testing.T) {
	play(t, "first\n", func(b *bench) {
		b.want("first", true)
		b.knows = []string{"second"}
		b.want("first", false)
		b.write("second\n")
		b.want("first second", true)
		b.want("second", true)
	})
}

// A value that is certainly wrong is shown three times in a row, and then after pauses.
func TestWrongValuesAreShownABoundedNumberOfTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "second\nfirst\n")
		shown, paused := 0, 0
		for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(10 * time.Millisecond) {
			_, pause := b.call()
			shown += len(b.shown)
			if pause > 0 {
				paused++
			}
		}
		if shown < 10 || shown > 20 || paused < 500 || b.logged("secret rejected", "refused") != 1 {
			t.Errorf("%d values were shown in a minute, %d calls paused\n%s", shown, paused, b.log.String())
		}
		b.write("third\n")
		b.knows = []string{"third"}
		b.want("third", true) // at once
		time.Sleep(time.Second)
	})
}

// Something else than the value is wrong. The value that works is shown each time, as without this package.
func TestDoubtIsNotAPauseForTheValueThatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "second\nfirst\n", "second")
		b.vague = true
		b.want("second", true)
		b.knows = nil
		for range 3 {
			b.want("second first", false)
		}
		for range 10 {
			b.want("second", false)
		}
		b.knows = []string{"second"}
		b.want("second", true)
		if b.health() != "" || b.logged("secret rejected", "refused") != 0 {
			t.Error(b.health(), b.log.String())
		}
		time.Sleep(time.Second)
	})
}

// take has the ring see what was written.
func (b *bench) take(content string) {
	b.write(content)
	time.Sleep(time.Second)
	b.ring.Values()
	time.Sleep(100 * time.Millisecond)
}

// One user asks for what no value gives access to, again and again. The calls of other users succeed.
func TestACallThatNoValueHelpsLeavesTheValueThatWorksToAllOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "first\n", "first")
		b.vague = true
		b.want("first", true)
		b.take("second\n") // which is bad
		b.knows = nil
		for _, shown := range []string{"second first", "first second", "first second"} {
			b.want(shown, false)
		}
		for began := time.Now(); time.Since(began) < 2*time.Minute; time.Sleep(100 * time.Millisecond) {
			b.knows = nil
			b.call()
			b.knows = []string{"first"}
			if well, _ := b.call(); !well {
				t.Fatalf("the value that works is paused; %q was shown", b.shown)
			}
		}
		time.Sleep(time.Second)
	})
}

func TestManyBadNewValuesDoNotHideTheOneThatWorks(t *testing.T) {
	play(t, "first\n", func(b *bench) {
		b.want("first", true)
		b.take("second\nthird\nfourth\nfifth\n")
		b.want("second third first", true)
		b.want("fourth fifth first", true)
		b.want("first", true)
	})
}

func TestARefusedNewestValueIsShownAgainLater(t *testing.T) {
	play(t, "second\nfirst\n", func(b *bench) {
		b.want("second first", true)
		shown := 0
		for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(10 * time.Second) {
			if well, _ := b.call(); !well {
				b.t.Fatal("a call failed")
			}
			if b.shown[0] == "second" {
				shown++
			}
		}
		if shown < 6 || shown > 10 || b.logged("secret rejected", "refused") != 1 {
			b.t.Errorf("shown %d times in an hour\n%s", shown, b.log.String())
		}
		b.knows = []string{"second", "first"} // by now the other side knows it
		time.Sleep(10 * time.Minute)
		b.want("second", true)
		if b.health() != "" || b.logged("secret changed", "accepted") != 1 {
			b.t.Error(b.health(), b.log.String())
		}
	})
}

func TestRefusalsAreForgottenWhenTheFileChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "second\n")
		for range 4 {
			b.call()
		}
		b.knows = []string{"second"}
		b.take("second\nthird\n")
		b.want("second", true)
		time.Sleep(time.Second)
	})
}

func TestHealthAndOneEventSayThatNoValueIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "second\nfirst\n", "first")
		b.want("second first", true)
		if !strings.Contains(b.health(), "the one before it is in use") || !strings.Contains(b.log.String(), "another one is used") {
			t.Error(b.health(), b.log.String())
		}
		b.knows = nil
		for range 4 {
			b.call()
		}
		if !strings.Contains(b.health(), "an operator has to replace it") || b.logged("secret rejected", "refused") != 2 || strings.Count(b.log.String(), "no value is accepted") != 1 {
			t.Error(b.health(), b.log.String())
		}
		b.knows = []string{"first"}
		time.Sleep(time.Minute)
		b.call()
		if !strings.Contains(b.health(), "the one before it is in use") || b.logged("secret changed", "accepted") != 1 {
			t.Error(b.health(), b.log.String())
		}
		time.Sleep(time.Second) // a look may be under way
	})
}

func TestTheEventSaysNothingOfAnotherValueIfThereIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, "second\n")
		b.want("second", false)
		if b.logged("secret rejected", "refused") != 1 || strings.Contains(b.log.String(), "another one") {
			t.Error(b.log.String())
		}
		time.Sleep(time.Second) // a look may be under way
	})
}

func TestNothingIsConcludedFromSilence(t *testing.T) {
	play(t, "second\nfirst\n", func(b *bench) {
		b.silent = true
		for range 5 {
			b.want("second", false)
		}
		b.silent = false
		b.want("second first", true)
	})
}

func TestUnreadableFilesAreTold(t *testing.T) {
	play(t, "first\n", func(b *bench) {
		b.want("first", true)
		b.write("")
		for range 3 {
			time.Sleep(1100 * time.Millisecond)
			b.want("first", true)
		}
		if b.health() == "" || b.logged("secret rejected", "unreadable") != 1 || !strings.Contains(b.log.String(), b.path) {
			t.Error(b.health(), b.log.String())
		}
		b.write("first")
		time.Sleep(1100 * time.Millisecond)
		b.want("first", true)
		time.Sleep(100 * time.Millisecond)
		if b.health() != "" || b.logged("secret changed", "readable") != 1 {
			t.Error(b.health(), b.log.String())
		}
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "secret")
		_ = os.WriteFile(path, []byte("second\nfirst\n"), 0o600)
		source, err := secret.File(path)
		if err != nil {
			t.Fatal(err)
		}
		ring, err := rotation.New(rotation.Config{Source: source, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer ring.Close()
		for range 200 {
			go func() {
				well := false
				ring.Show(t.Context(), func(value string) rotation.Answer {
					time.Sleep(time.Millisecond)
					well = value == "first"
					if well {
						return rotation.Accepted
					}
					return rotation.Refused
				})
				if !well {
					t.Error("a call failed though one of the values is right")
				}
			}()
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
	})
}
