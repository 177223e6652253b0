package audit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

func kinds(all []audit.Record) (out []string) {
	for _, r := range all {
		out = append(out, strings.TrimSuffix(string(r.Kind)+"/"+r.Reason, "/"))
	}
	return out
}

func TestStretchIsOneRecord(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		began := time.Now()
		d.view("bob", office, 40)
		time.Sleep(11 * time.Minute)
		d.view("bob", office, 0) // later again
		time.Sleep(11 * time.Minute)
		if got := kinds(d.shelf.records(t)); !slices.Equal(got, []string{"token granted/rule", "space viewed", "token granted/rule", "space viewed"}) {
			t.Fatalf("%q", got)
		}
		got := d.shelf.records(t, event.SpaceViewed)[0]
		if !got.From.Equal(began) || !got.Seen.Equal(began.Add(40*time.Minute)) || !got.Until.Equal(began.Add(50*time.Minute)) || got.Grant != "E1" || got.User != "bob" {
			t.Errorf("%+v", got)
		}
		d.close(t)
		d.verify(t)
	})
}

func TestLongStretchIsWrittenEveryHour(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		d.view("bob", office, 8*60)
		time.Sleep(11 * time.Minute)
		if n := len(d.shelf.records(t, event.SpaceViewed)); n < 7 || n > 9 {
			t.Errorf("%d records for 8 hours", n)
		}
		views, err := audit.Views(t.Context(), d.shelf, audit.Query{})
		if err != nil || len(views) != 1 {
			t.Errorf("%+v, %v", views, err)
		}
	})
}

func TestRevocationEndsStretches(t *testing.T) {
	for name, test := range map[string]struct {
		revoke event.Event
		ended  int
	}{
		"user":       {event.Event{User: "bob", Reason: "user"}, 2},
		"session":    {event.Event{User: "bob", Session: "phone", Reason: "session"}, 2},
		"other":      {event.Event{User: "bob", Session: "laptop", Reason: "session"}, 0},
		"model":      {event.Event{Models: []string{office}, Reason: "model"}, 2},
		"token":      {event.Event{User: "bob", Models: []string{office}, Reason: "rule"}, 1},
		"everything": {event.Event{Reason: "everything", By: "root"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			inDesk(t, nil, func(t *testing.T, d *desk) {
				d.view("bob", office, 0)
				d.view("bob", warehouse, 0)
				d.view("alice", office, 0)
				time.Sleep(3 * time.Minute)
				d.revoke(test.revoke)
				got := d.shelf.records(t, event.SpaceViewed)
				if len(got) != test.ended {
					t.Fatalf("%d stretches ended, want %d", len(got), test.ended)
				}
				for _, r := range got {
					if r.Until.Sub(r.From) != 3*time.Minute || r.Reason != test.revoke.Reason || r.By != test.revoke.By {
						t.Errorf("%+v", r)
					}
				}
			})
		})
	}
}

func TestBestEffortDelaysNoOneAndSaysWhatIsLost(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Queue = 10 }, func(t *testing.T, d *desk) {
		hung := make(chan struct{})
		synctest.Wait()
		d.shelf.set(func(s *shelf) { s.hangs = hung })
		began := time.Now()
		for i := range 400 {
			d.Listen(event.Event{ID: fmt.Sprint(i), Time: time.Now(), Kind: event.SignedIn, User: "bob"})
		}
		if err := d.Record(t.Context(), d.granted(event.TokenGranted, "bob", office)); err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		time.Sleep(time.Minute)
		if err := d.HealthParts()[0].Check(t.Context()); err == nil {
			t.Error("healthy although it loses records")
		}
		d.shelf.set(func(s *shelf) { s.hangs = nil })
		close(hung)
		time.Sleep(time.Minute)
		lost, stored := d.Stats().Lost, len(d.shelf.records(t, event.SignedIn))
		said := d.shelf.lost(t)
		if lost == 0 || int(lost)+stored != 400 || said != int(lost) {
			t.Errorf("%d lost and %d stored of 400; the trail says %d", lost, stored, said)
		}
		d.verify(t)
		for _, want := range []string{"audit sink fails", "audit sink stores records again", "audit records lost"} {
			if !strings.Contains(d.log.String(), want) {
				t.Errorf("%q is not in the log: %s", want, d.log)
			}
		}
	})
}

func TestFailingSinkGetsEverythingLater(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		for _, half := range []bool{false, true} {
			d.shelf.set(func(s *shelf) { s.err, s.half = errFull, half })
			for range 20 {
				d.Listen(event.Event{ID: "x", Time: time.Now(), Kind: event.SignedOut})
				time.Sleep(time.Second)
			}
			if err := d.HealthParts()[0].Check(t.Context()); err == nil {
				t.Error("healthy although the sink fails")
			}
			d.shelf.set(func(s *shelf) { s.err = nil })
			time.Sleep(10 * time.Second)
			if err := d.HealthParts()[0].Check(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if n := len(d.shelf.records(t, event.SignedOut)); n != 40 {
			t.Errorf("%d of 40 records", n)
		}
		if n := strings.Count(d.log.String(), "audit sink fails"); n != 2 {
			t.Errorf("two outages are %d records in the log", n)
		}
		d.verify(t)
	})
}

func TestRequiredGrantWaitsForOneSink(t *testing.T) {
	second := new(shelf)
	required := func(c *audit.Config) { c.Mode, c.Sinks = audit.Required, append(c.Sinks, second) }
	inDesk(t, required, func(t *testing.T, d *desk) {
		record := func() (took time.Duration, err error) {
			began := time.Now()
			err = d.Record(t.Context(), d.granted(event.TokenGranted, "bob", office))
			return time.Since(began), err
		}
		if took, err := record(); err != nil || took != 0 {
			t.Errorf("%v after %v", err, took)
		}
		d.shelf.set(func(s *shelf) { s.err = errFull })
		if took, err := record(); err != nil || took != 0 {
			t.Errorf("%v after %v with one sink that works", err, took)
		}
		second.set(func(s *shelf) { s.err = errFull })
		if took, err := record(); !errors.Is(err, errFull) || took > time.Second {
			t.Errorf("%v after %v without a sink", err, took)
		}
		hung := make(chan struct{})
		for _, s := range []*shelf{d.shelf, second} {
			s.set(func(s *shelf) { s.hangs = hung })
		}
		time.Sleep(6 * time.Second)
		if took, err := record(); !errors.Is(err, context.DeadlineExceeded) || took != 2*time.Second {
			t.Errorf("%v after %v with hung sinks", err, took)
		}
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		began := time.Now()
		if err := d.Record(ctx, d.granted(event.TokenGranted, "bob", office)); err == nil || time.Since(began) != time.Second {
			t.Errorf("%v after %v for a caller who leaves", err, time.Since(began))
		}
		time.Sleep(15 * time.Second) // until the calls that hang, with these grants in them, have ended
		for _, s := range []*shelf{d.shelf, second} {
			s.set(func(s *shelf) { s.hangs, s.err = nil, nil })
		}
		close(hung)
		time.Sleep(time.Minute)
		for _, s := range []*shelf{d.shelf, second} {
			if n := len(s.records(t, event.TokenGranted)); n != 2 {
				t.Errorf("%d grants in the trail: two were made and three were not", n)
			}
		}
		d.verify(t)
	})
}

func TestRequiredGrantIsOneRecord(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Mode = audit.Required }, func(t *testing.T, d *desk) {
		e := d.granted(event.TokenGranted, "bob", office)
		if err := d.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		d.Listen(e)
		time.Sleep(11 * time.Minute)
		if got := kinds(d.shelf.records(t)); !slices.Equal(got, []string{"token granted/rule", "space viewed"}) {
			t.Errorf("%q", got)
		}
	})
	inDesk(t, func(c *audit.Config) { c.Mode = audit.Required }, func(t *testing.T, d *desk) {
		d.Listen(d.granted(event.TokenGranted, "bob", office)) // the stream has no Recorder
		synctest.Wait()
		if got := kinds(d.shelf.records(t)); !slices.Equal(got, []string{"token granted/rule"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestFloodOfRefusalsIsBounded(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Queue = 100_000 }, func(t *testing.T, d *desk) {
		refuse := func(kind event.Kind, user, client string, times int) {
			for i := range times {
				d.Listen(event.Event{ID: fmt.Sprint(i), Time: time.Now(), Kind: kind, User: user, Request: event.Request{Client: client}})
			}
		}
		for i := range 50 {
			refuse(event.RequestRefused, "", fmt.Sprint("10.0.0.", i), 1000)
		}
		refuse(event.TokenDenied, "eve", "10.0.0.1", 5000)
		refuse(event.TokenDenied, "bob", "10.0.0.1", 1)
		time.Sleep(time.Minute)
		left := d.shelf.records(t, audit.RefusalsLeftOut)
		if written := len(d.shelf.records(t, event.RequestRefused)); written != 1000 || len(left) != 2 || left[0].Count != 49_000 || left[1].Count != 4_900 {
			t.Errorf("%d written; %+v", written, left)
		}
		denied := d.shelf.records(t, event.TokenDenied)
		if len(denied) != 101 || denied[100].User != "bob" {
			t.Errorf("%d denials are written: the flood of one user hides that of another", len(denied))
		}
	})
}

func TestOldRecordsExpireAndTheTrailSaysSo(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Retention = 90 * 24 * time.Hour }, func(t *testing.T, d *desk) {
		d.shelf.set(func(s *shelf) { s.expired = 7 })
		time.Sleep(time.Hour + time.Second)
		var before time.Time
		d.shelf.set(func(s *shelf) { before = s.before })
		if at := time.Now().Add(-90*24*time.Hour - time.Second); !before.Equal(at) {
			t.Errorf("expired what is before %v, want %v", before, at)
		}
		if got := d.shelf.records(t, audit.RecordsExpired); len(got) != 1 || got[0].Count != 7 {
			t.Errorf("%+v", got)
		}
	})
}

// broken is a sink that panics.
type broken struct{}

func (broken) Append(context.Context, []audit.Record) error { panic("secret") }

func TestPanicOfASinkEndsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := new(shelf)
		trail, err := audit.New(audit.Config{
			Sinks: []audit.Sink{broken{}, good}, Mode: audit.Required, Logger: slog.New(slog.DiscardHandler),
			Anchor: func(audit.Anchor) { panic("secret") },
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := trail.Record(t.Context(), event.Event{ID: "1", Time: time.Now(), Kind: event.TokenGranted}); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := trail.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, though one sink got nothing", err)
		}
		synctest.Wait()
		if len(good.records(t, event.TokenGranted, audit.TrailClosed)) != 2 {
			t.Error("the other sink has not everything")
		}
	})
}

func TestNothingIsTakenAfterClose(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Mode = audit.Required }, func(t *testing.T, d *desk) {
		d.view("bob", office, 0)
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { d.close(t) })
		}
		all.Wait()
		if err := d.Record(t.Context(), d.granted(event.TokenGranted, "bob", office)); err == nil {
			t.Error("recorded after Close")
		}
		d.Listen(event.Event{Kind: event.SignedIn})
		if got := kinds(d.shelf.records(t)); !slices.Equal(got, []string{"token granted/rule", "space viewed"}) {
			t.Errorf("%q: a stretch that goes on is written at the end", got)
		}
	})
}

func TestConfigReportsEverythingThatIsWrong(t *testing.T) {
	_, err := audit.New(audit.Config{Mode: 7, Wait: -1, ChainKey: []byte("short"), Retention: time.Hour})
	for _, want := range []string{"Sinks", "Mode", "Wait", "ChainKey", "Retention"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	if _, err := audit.New(audit.Config{Sinks: []audit.Sink{nil}}); err == nil || !strings.Contains(err.Error(), "Sinks[0]") {
		t.Error(err)
	}
}

func TestManyStretchesThatEndAtOnceAreAllWritten(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		for i := range 6_000 {
			d.Listen(d.granted(event.TokenGranted, fmt.Sprint("user", i), office))
			if i%1000 == 0 {
				synctest.Wait()
			}
		}
		d.revoke(event.Event{Reason: "everything"})
		time.Sleep(time.Minute)
		if n := len(d.shelf.records(t, event.SpaceViewed)); n != 6_000 || d.Stats().Lost != 0 {
			t.Errorf("%d stretches written, %d records lost", n, d.Stats().Lost)
		}
		d.verify(t)
	})
}

func TestSinkThatMissesAGrantSaysSo(t *testing.T) {
	second := new(shelf)
	change := func(c *audit.Config) { c.Mode, c.Queue, c.Sinks = audit.Required, 10, append(c.Sinks, second) }
	inDesk(t, change, func(t *testing.T, d *desk) {
		synctest.Wait()
		second.set(func(s *shelf) { s.err = errFull })
		for range 400 {
			if err := d.Record(t.Context(), d.granted(event.TokenGranted, "bob", office)); err != nil {
				t.Fatal(err)
			}
		}
		second.set(func(s *shelf) { s.err = nil })
		time.Sleep(time.Minute)
		missing := 400 - len(second.records(t, event.TokenGranted))
		said := second.lost(t)
		if missing == 0 || said != missing {
			t.Errorf("%d grants are missing, and the trail says that %d are", missing, said)
		}
	})
}

func TestGrantIsRefusedAtOnceInALongOutage(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Mode = audit.Required }, func(t *testing.T, d *desk) {
		d.shelf.set(func(s *shelf) { s.err = errFull })
		for range 1000 {
			d.Listen(event.Event{ID: "x", Time: time.Now(), Kind: event.SignedOut})
		}
		time.Sleep(time.Minute)
		for range 5000 {
			began := time.Now()
			if err := d.Record(t.Context(), d.granted(event.TokenGranted, "bob", office)); err == nil || time.Since(began) > 0 {
				t.Fatalf("%v after %v", err, time.Since(began))
			}
		}
		d.shelf.set(func(s *shelf) { s.err = nil })
		time.Sleep(time.Minute)
		if n := len(d.shelf.records(t, event.SignedOut)); n != 1000 {
			t.Errorf("%d of 1000 records: refused grants have pushed out the others", n)
		}
	})
}

func TestCloseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hung := make(chan struct{})
		trail, err := audit.New(audit.Config{
			Sinks: []audit.Sink{new(shelf)}, Logger: slog.New(slog.DiscardHandler), Anchor: func(audit.Anchor) { <-hung },
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := trail.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		close(hung)
		synctest.Wait()
	})
}
