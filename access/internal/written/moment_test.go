package written_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the machine may have none

	"github.com/go-pme/pme/access/internal/written"
)

// Zones whose clocks change at midnight, by half an hour, or by a whole day are among them.
var zones = []string{
	"UTC", "Europe/Berlin", "America/Santiago", "America/Havana", "America/Asuncion", "Asia/Beirut", "Africa/Cairo", "Asia/Tehran", "Australia/Lord_Howe",
	"Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns", "Asia/Kathmandu", "America/Scoresbysund", "America/Sao_Paulo", "Asia/Gaza",
}

// firstInstant goes through the minutes until it is that day or a later one.
func firstInstant(date time.Time, loc *time.Location) time.Time {
	t := date.Add(-26 * time.Hour)
	for t.In(loc).Format(time.DateOnly) < date.Format(time.DateOnly) {
		t = t.Add(time.Minute)
	}
	return t
}

func TestDayBeginsAndEndsAsTheClocksOfItsZoneSay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	first := time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)
	for range 3_000 {
		expectDay(t, first.AddDate(0, 0, r.IntN(366*40)), zones[r.IntN(len(zones))])
	}
	for _, zone := range zones { // each day on which the clocks change
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for at := first.In(loc); at.Year() < 2030; {
			_, at = at.ZoneBounds()
			if at.IsZero() {
				break
			}
			day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
			for _, near := range []int{-1, 0, 1} {
				expectDay(t, day.AddDate(0, 0, near), zone)
			}
		}
	}
}

func expectDay(t *testing.T, date time.Time, zone string) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%s %s", date.Format(time.DateOnly), zone)
	for edge, want := range map[written.Edge]time.Time{
		written.From:  firstInstant(date, loc),
		written.Until: firstInstant(date.AddDate(0, 0, 1), loc),
	} {
		if got, err := written.ParseMoment(edge, text); !got.Equal(want) || err != nil {
			t.Errorf("%q at edge %v is %v, %v; want %v", text, edge, got, err, want.In(loc))
		}
	}
}

func TestTimeIsTakenAsItIs(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-12-31T18:00:00Z":          time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC),
		"2026-12-31T18:00:00+01:00":     time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC),
		"2026-10-25T02:30:00.5+02:00":   time.Date(2026, 10, 25, 0, 30, 0, 5e8, time.UTC),
		"2024-02-29 UTC":                time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"2026-03-29 Europe/Berlin":      time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC),
		"2011-12-30 Pacific/Apia":       time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC), // a day that was left out
		"2026-12-31 Pacific/Kiritimati": time.Date(2026, 12, 30, 10, 0, 0, 0, time.UTC),
	} {
		if got, err := written.ParseMoment(written.From, text); !got.Equal(want) || err != nil {
			t.Errorf("ParseMoment(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestMomentThatCanBeMisreadIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"2026-12-31":                             "has no time zone",
		"2026-12-31 ":                            "time zone is missing",
		"2026-12-31  Europe/Berlin":              "time zone is missing or has space",
		"2026-12-31 Local":                       "not known here",
		"2026-12-31 CEST":                        "not known here",
		"2026-12-31 Europe/Berlim":               "not known here",
		"2026-12-31 ../../etc/passwd":            "not known here",
		"2026-12-31T18:00:00":                    "neither a day",
		"2026-12-31T24:00:00Z":                   "neither a day",
		"2026-12-31T18:00Z":                      "neither a day",
		"2026-12-31 18:00:00":                    "write a time as",
		"2026-12-31 18:00:00Z":                   "write a time as",
		"2026-02-30 UTC":                         "neither a day",
		"2026-13-01 UTC":                         "neither a day",
		"31.12.2026 UTC":                         "neither a day",
		"12/31/2026":                             "neither a day",
		"0001-01-01 UTC":                         "year",
		"0001-01-01T00:00:00Z":                   "year",
		"1989-12-31T23:59:59Z":                   "year",
		"":                                       "neither a day",
		"2026-12-31 localtime":                   "not known here",
		"2026-12-31 right/UTC":                   "not known here",
		"2026-12-31 europe/berlin":               "not known here",
		"2026-12-31T8:00:00Z":                    "neither a day",
		"2026-12-31T18:00:00,5Z":                 "neither a day",
		"9999-12-31 UTC":                         "year",
		"9999-12-31T23:00:00-05:00":              "year",
		"tomorrow":                               "neither a day",
		"2026-12-31T18:00:00+25:00":              "neither a day",
		"2026-12-31 " + strings.Repeat("x", 1e4): "not known here",
	} {
		got, err := written.ParseMoment(written.Until, text)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("ParseMoment(%.40q) = %v, %v; want an error with %q", text, got, err, want)
		}
	}
}

func FuzzParseMoment(f *testing.F) {
	for _, text := range []string{"2026-12-31 Europe/Berlin", "2026-12-31T18:00:00+01:00", "9999-12-31 UTC", "2026-12-31 Local"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		from, err := written.ParseMoment(written.From, text)
		until, err2 := written.ParseMoment(written.Until, text)
		if (err == nil) && err2 == nil && until.Before(from) {
			t.Errorf("%q begins at %v and ends at %v", text, from, until)
		}
		if err == nil && from.IsZero() {
			t.Errorf("%q is read as no moment", text)
		}
	})
}
