package audit_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

func TestViewsOfPersonAndSpace(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		began := time.Now()
		at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
		d.view("bob", office, 40)
		d.Listen(d.granted(event.TokenGranted, "alice", office, warehouse))
		time.Sleep(5 * time.Minute)
		d.revoke(event.Event{User: "alice", Reason: "admin", By: "root"})
		time.Sleep(75 * time.Minute)
		d.view("bob", warehouse, 0)
		views := func(q audit.Query) []audit.View {
			got, err := audit.Views(t.Context(), d.shelf, q)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		ground := func(user string) string { return `rule 2 (allow.yaml:14): user "` + user + `"` }
		bob := audit.View{User: "bob", Model: office, Name: "Head office", From: at(0), Seen: at(40), Until: at(50), Ground: ground("bob"), Policy: "0123456789ab"}
		alice := audit.View{User: "alice", Model: office, Name: "Head office", From: at(40), Seen: at(40), Until: at(45), Ended: "admin", EndedBy: "root", Ground: ground("alice"), Policy: "0123456789ab"}
		store := alice
		store.Model, store.Name = warehouse, "Warehouse"
		open := audit.View{User: "bob", Model: warehouse, Name: "Warehouse", From: at(120), Seen: at(120), Until: at(130), Ground: ground("bob"), Policy: "0123456789ab"}
		for name, test := range map[string]struct {
			q    audit.Query
			want []audit.View
		}{
			"all":           {audit.Query{}, []audit.View{bob, alice, store, open}},
			"space":         {audit.Query{Model: office}, []audit.View{bob, alice}},
			"space by name": {audit.Query{Model: "Head office"}, []audit.View{bob, alice}},
			"person":        {audit.Query{Users: []string{"bob"}}, []audit.View{bob, open}},
			"overlapping":   {audit.Query{From: at(49), To: at(120)}, []audit.View{bob}},
			"later":         {audit.Query{From: at(51)}, []audit.View{open}},
			"no one":        {audit.Query{Users: []string{"eve"}}, nil},
		} {
			if diff := cmp.Diff(test.want, views(test.q)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	})
}

// Two replicas share a sink. The tour of one goes on at the other, and is revoked by a third.
func TestStretchesOfReplicasAreJoined(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		replica := func() *audit.Trail {
			trail, err := audit.New(audit.Config{Sinks: []audit.Sink{d.shelf}, Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Fatal(err)
			}
			return trail
		}
		two, three := replica(), replica()
		began := time.Now()
		d.view("bob", office, 8)
		time.Sleep(8 * time.Minute)
		two.Listen(d.granted(event.TokenRenewed, "bob", office))
		time.Sleep(5 * time.Minute)
		three.Listen(event.Event{ID: "R", Time: time.Now(), Kind: event.TokensRevoked, User: "bob", Reason: "rule"})
		time.Sleep(20 * time.Minute)
		for _, trail := range []*audit.Trail{two, three} {
			if err := trail.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := audit.Views(t.Context(), d.shelf, audit.Query{})
		if err != nil || len(got) != 1 || !got[0].From.Equal(began) || !got[0].Until.Equal(began.Add(21*time.Minute)) || got[0].Ended != "rule" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestUnusedGrants(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		d.view("bob", office, 0)
		time.Sleep(40 * 24 * time.Hour)
		d.view("alice", office, 0)
		granted := []audit.Permission{{"bob", office}, {"alice", office}, {"bob", ""}, {"alice", ""}, {"", office}, {"", warehouse}, {}}
		got, err := audit.Unused(t.Context(), d.shelf, time.Now().Add(-30*24*time.Hour), granted)
		if want := []audit.Permission{{"bob", office}, {"bob", ""}, {"", warehouse}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	})
}

func TestTroublesAreToldFromTheTrail(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		began := time.Now()
		trouble := func(kind event.Kind, part string, from time.Time) {
			d.Listen(event.Event{ID: "t", Time: time.Now(), Kind: kind, Part: part, Detail: "Matterport does not answer", From: from})
		}
		trouble(event.TroubleBegan, "matterport", began)
		time.Sleep(time.Hour)
		trouble(event.TroubleEnded, "matterport", began)
		second := time.Now()
		trouble(event.TroubleBegan, "tokens", second)
		synctest.Wait()
		got, err := audit.Troubles(t.Context(), d.shelf, audit.Query{})
		want := []audit.Trouble{
			{Part: "matterport", Detail: "Matterport does not answer", From: began, Until: began.Add(time.Hour)},
			{Part: "tokens", Detail: "Matterport does not answer", From: second},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		got, err = audit.Troubles(t.Context(), d.shelf, audit.Query{From: second.Add(time.Minute)})
		if err != nil || len(got) != 1 || got[0].Part != "tokens" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestReportIsSafeInASpreadsheet(t *testing.T) {
	var out bytes.Buffer
	at := time.Date(2026, 11, 27, 10, 2, 0, 0, time.FixedZone("", 3600))
	err := audit.WriteCSV(&out, []audit.View{{User: "=cmd|'/c calc'!A1", Name: "Head office, \"A\"\n", Model: office, From: at, Seen: at, Until: at, Ended: "@x", EndedBy: "+1", Ground: "-2"}})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%q, %v", rows, err)
	}
	if got := strings.Join(rows[1], "|"); got != "'=cmd|'/c calc'!A1|SxQL3iGyoDo|Head office, \"A\"\n|2026-11-27T09:02:00Z|2026-11-27T09:02:00Z|2026-11-27T09:02:00Z|'@x|'+1|'-2|" {
		t.Errorf("%q", got)
	}
}

func TestRevocationOfOneTokenLeavesOthers(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		d.view("bob", office, 0)
		d.Listen(d.granted(event.TokenGranted, "bob", office, warehouse))
		time.Sleep(2 * time.Minute)
		d.revoke(event.Event{User: "bob", Session: "phone", Models: []string{office, warehouse}, Exact: true, Reason: "rule"})
		time.Sleep(20 * time.Minute)
		got, err := audit.Views(t.Context(), d.shelf, audit.Query{Users: []string{"bob"}})
		if err != nil || len(got) != 2 || got[0].Ended != "" || got[1].Ended != "rule" || got[1].Model != warehouse {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestGrantThatWasNotMadeIsNoView(t *testing.T) {
	inDesk(t, func(c *audit.Config) { c.Mode = audit.Required }, func(t *testing.T, d *desk) {
		e := d.granted(event.TokenGranted, "bob", office)
		if err := d.Record(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		d.Listen(event.Event{ID: "w", Time: time.Now(), Kind: event.TokenWithheld, User: "bob", Models: []string{office}, Reason: "revoked", Corrects: e.ID})
		synctest.Wait()
		if got, err := audit.Views(t.Context(), d.shelf, audit.Query{}); err != nil || len(got) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTourGoesOnOverARestart(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		d.view("bob", office, 0)
		time.Sleep(3 * time.Minute)
		d.close(t)
		next, err := audit.New(audit.Config{Sinks: []audit.Sink{d.shelf}, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		next.Listen(d.granted(event.TokenRenewed, "bob", office))
		time.Sleep(20 * time.Minute)
		if err := next.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		got, err := audit.Views(t.Context(), d.shelf, audit.Query{})
		if err != nil || len(got) != 1 || got[0].Until.Sub(got[0].From) != 18*time.Minute || got[0].Ground == "" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestNameFindsTheSpaceAlsoWhereItWasNotKnown(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		nameless := d.granted(event.TokenGranted, "alice", office)
		nameless.Names = nil
		d.Listen(nameless)
		d.view("bob", office, 0)
		if got, err := audit.Views(t.Context(), d.shelf, audit.Query{Model: "Head office"}); err != nil || len(got) != 2 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestTroubleOverMidnightEnds(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		time.Sleep(23*time.Hour + 30*time.Minute)
		began := time.Now()
		d.Listen(event.Event{ID: "1", Time: began, Kind: event.TroubleBegan, Part: "matterport", From: began})
		time.Sleep(time.Hour)
		d.Listen(event.Event{ID: "2", Time: time.Now(), Kind: event.TroubleEnded, Part: "matterport", From: began})
		stopped := time.Now().Add(time.Hour)
		time.Sleep(time.Hour)
		d.Listen(event.Event{ID: "3", Time: stopped, Kind: event.TroubleBegan, Part: "tokens", From: stopped})
		time.Sleep(time.Minute)
		d.close(t)
		got, err := audit.Troubles(t.Context(), d.shelf, audit.Query{})
		if err != nil || len(got) != 2 || !got[0].Until.Equal(began.Add(time.Hour)) || got[1].Until.Sub(stopped) != time.Minute {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func BenchmarkViews(b *testing.B) {
	s := new(shelf)
	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{s}, Queue: 1 << 16, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	at := time.Now()
	for i := range 5_000 {
		user, when := fmt.Sprint("user", i%500), at.Add(time.Duration(i)*time.Minute)
		trail.Listen(event.Event{ID: fmt.Sprint(i), Time: when, Kind: event.TokenGranted, User: user, Models: []string{office}, Until: when.Add(10 * time.Minute)})
		trail.Listen(event.Event{ID: fmt.Sprint("r", i), Time: when.Add(time.Minute), Kind: event.TokensRevoked, User: user, Reason: "user"})
	}
	if err := trail.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got, err := audit.Views(b.Context(), s, audit.Query{}); err != nil || len(got) != 5_000 {
			b.Fatal(len(got), err)
		}
	}
}
