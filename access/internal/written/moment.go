package written

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// An Edge is an end of a rule's time.
type Edge int

// From is the beginning of a rule, Until its end.
const (
	From Edge = iota
	Until
)

// The years that a moment can have. Others are mistakes of typing, and the zero time stands for no moment.
const (
	firstYear = 2000
	lastYear  = 9999
)

// ParseMoment reads the beginning or the end of a rule: a time of RFC 3339, or a day and its time zone, as in
// "2026-12-31 Europe/Berlin". A rule counts from the first instant of its first day to the last of its last day.
func ParseMoment(edge Edge, text string) (time.Time, error) {
	t, err := parseMoment(edge, text)
	if err == nil && (t.Year() < firstYear || t.Year() > lastYear) {
		return time.Time{}, fmt.Errorf("the year of %.40q is not between %d and %d", text, firstYear, lastYear)
	}
	return t, err
}

func parseMoment(edge Edge, text string) (time.Time, error) {
	day, zone, named := strings.Cut(text, " ")
	if date, err := time.Parse(time.DateOnly, day); err == nil {
		if !named {
			return time.Time{}, fmt.Errorf("the day %s has no time zone: write it behind the day, as in %q", day, day+" Europe/Berlin")
		}
		return dayIn(edge, date, zone)
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.Time{}, fmt.Errorf(`%.40q is neither a day with its time zone, such as "2026-12-31 Europe/Berlin", nor a time such as "2026-12-31T18:00:00+01:00" (RFC 3339)`, text)
}

func dayIn(edge Edge, date time.Time, zone string) (time.Time, error) {
	loc, err := location(zone)
	if err != nil {
		return time.Time{}, err
	}
	if edge == Until {
		date = date.AddDate(0, 0, 1) // the day counts too
	}
	return beginning(date, loc), nil
}

var errNoZone = errors.New(`the time zone is missing or has space around it: write one such as "Europe/Berlin" behind the day`)

// location returns the time zone. "Local" is refused, as it differs between machines.
func location(zone string) (*time.Location, error) {
	if zone == "" || strings.TrimSpace(zone) != zone {
		return nil, errNoZone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return nil, fmt.Errorf("the time zone %.40q is not known here: write one such as Europe/Berlin or UTC (a machine without a database of time zones needs a program that imports time/tzdata)", zone)
	}
	return loc, nil
}

// beginning returns the first instant at which it is this day or a later one in a time zone. Clocks can skip or repeat
// midnight, and a whole day too, so each stretch between two changes of the clocks is looked at.
func beginning(date time.Time, loc *time.Location) time.Time {
	const most = 16 * time.Hour // no zone is farther from UTC
	at := date.Add(-most).In(loc)
	for {
		_, offset := at.Zone()
		midnight := date.Add(-time.Duration(offset) * time.Second)
		begin := at
		if midnight.After(at) {
			begin = midnight.In(loc)
		}
		_, end := at.ZoneBounds()
		if end.IsZero() || begin.Before(end) {
			return begin
		}
		at = end
	}
}
