package secret_test

import (
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/secret"
)

// A slow consumer is told nothing more until it is let go on.
type slow struct {
	goOn    chan struct{}
	news    []secret.Change
	running int
	remove  func()
}

func (d *desk) slow(t *testing.T) *slow {
	c := &slow{goOn: make(chan struct{})}
	var err error
	c.remove, err = d.Register(secret.Consumer{Changed: func(change secret.Change) {
		c.running++
		if c.running > 1 {
			t.Error("it is told twice at once")
		}
		c.news = append(c.news, change)
		<-c.goOn
		c.running--
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// finish lets the consumer go on for good.
func (c *slow) finish() {
	close(c.goOn)
	synctest.Wait()
}

func (d *desk) put(t *testing.T, content string) {
	t.Helper()
	write(t, d.path, content)
	began := time.Now()
	d.Look(t.Context())
	if took := time.Since(began); took > 100*time.Millisecond {
		t.Errorf("a look took %v", took)
	}
}

func TestAConsumerThatHangsHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		hung := d.slow(t)
		for _, value := range []string{"second", "third", "fourth"} {
			d.put(t, value)
			if got := d.Values(); got[0] != value {
				t.Errorf("%q is in force, want %q", got, value)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
		}
		if d.health(t) != "" || len(d.news) != 3 {
			t.Errorf("health %q, the other consumer was told %+v", d.health(t), d.news)
		}
		if len(hung.news) != 1 {
			t.Errorf("told %+v", hung.news)
		}
		hung.finish()
		read := secret.Change{File: "client-secret", Values: true}
		if !slices.Equal(hung.news, []secret.Change{read, read}) { // the third and the fourth are one
			t.Errorf("then told %+v", hung.news)
		}
	})
}

func TestWhatHappensWhileAConsumerIsToldIsToldAsOne(t *testing.T) {
	const empty = "\n"
	for name, c := range map[string]struct {
		files []string
		want  func(problem string) []secret.Change
	}{
		"unusable":                     {[]string{empty}, func(problem string) []secret.Change { return []secret.Change{{Problem: problem}} }},
		"unusable and usable again":    {[]string{empty, "second"}, func(string) []secret.Change { return nil }},
		"unusable, then another value": {[]string{empty, "third"}, func(string) []secret.Change { return []secret.Change{{Values: true}} }},
		"another value, then unusable": {[]string{"third", empty}, func(problem string) []secret.Change { return []secret.Change{{Values: true, Problem: problem}} }},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, "first\n")
			hung := d.slow(t)
			d.put(t, "second\n")
			for _, content := range c.files {
				d.put(t, content)
			}
			hung.finish()
			want := c.want("secret: " + d.path + ": the file is empty")
			for i := range want {
				want[i].File = "client-secret"
			}
			if got := hung.news[1:]; !slices.Equal(got, want) {
				t.Errorf("%s: told %+v, want %+v", name, got, want)
			}
			if d.put(t, "last"); !hung.news[len(hung.news)-1].Values {
				t.Errorf("%s: it is told no more", name)
			}
		})
	}
}

// A line break more or less is no news.
func TestOtherContentWithTheSameValuesIsNotTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		before := d.Values()
		d.put(t, "first")
		if after := d.Values(); len(d.news) != 0 || &after[0] != &before[0] {
			t.Errorf("told %+v", d.news)
		}
	})
}

func TestRemoveWaitsForWhatIsToldButNotForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		long, hung := d.slow(t), d.slow(t)
		d.put(t, "second")
		d.put(t, "third")
		time.AfterFunc(300*time.Millisecond, func() { close(long.goOn) })
		began := time.Now()
		long.remove()
		if took := time.Since(began); took != 300*time.Millisecond || long.running != 0 {
			t.Errorf("it took %v, and %d calls are running", took, long.running)
		}
		began = time.Now()
		hung.remove()
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v", took)
		}
		hung.finish()
		d.put(t, "fourth")
		if len(long.news) != 1 || len(hung.news) != 1 {
			t.Errorf("told %+v and %+v", long.news, hung.news)
		}
		hung.remove() // again
	})
}

func TestAConsumerMayRemoveItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		told := 0
		var remove func()
		remove, err := d.Register(secret.Consumer{Changed: func(secret.Change) {
			told++
			remove()
		}})
		if err != nil {
			t.Fatal(err)
		}
		d.put(t, "second")
		time.Sleep(2 * time.Second)
		d.put(t, "third")
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}

func TestAConsumerThatEndsItsGoroutineIsToldAgain(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		synctest.Test(t, func(t *testing.T) {
			d := newDesk(t, "first\n")
			told := 0
			if _, err := d.Register(secret.Consumer{Changed: func(secret.Change) {
				told++
				end()
			}}); err != nil {
				t.Fatal(err)
			}
			d.put(t, "second")
			d.put(t, "third")
			if told != 2 || d.Values()[0] != "third" {
				t.Errorf("%s: told %d times, %q is in force", name, told, d.Values())
			}
		})
	}
}

func TestACheckThatHangsHoldsUpNoRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, "first\n")
		goOn := make(chan struct{})
		if _, err := d.Register(secret.Consumer{Check: func(value string) error {
			if value == "second" {
				<-goOn
			}
			return nil
		}}); err != nil {
			t.Fatal(err)
		}
		other := d.slow(t)
		write(t, d.path, "second")
		for range 20 {
			if d.Values()[0] != "first" {
				t.Error("the value is in force without the check")
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if d.health(t) == "" {
			t.Error("health does not say so")
		}
		close(other.goOn)
		other.remove()
		close(goOn)
		synctest.Wait()
		if d.Values()[0] != "second" || d.health(t) != "" {
			t.Errorf("%q is in force, health %q", d.Values(), d.health(t))
		}
		time.Sleep(time.Second) // the look that Values has begun
		synctest.Wait()
	})
}
