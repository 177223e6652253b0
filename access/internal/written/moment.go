package written

import (
	"errors"
	"fmt"
	"regexp"
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
	firstYear = 1990
	lastYear  = 9998
)

// CheckMoment reports what is wrong with the beginning or the end of a rule.
func CheckMoment(t time.Time) error {
	if year := t.UTC().Year(); year < firstYear || year > lastYear+1 {
		return fmt.Errorf("the year %d is not between %d and %d: leave the date out if there is none", year, firstYear, lastYear)
	}
	return nil
}

// ParseMoment reads the beginning or the end of a rule: a time of RFC 3339, or a day and its time zone, as in
// "2026-12-31 Europe/Berlin". A rule counts from the first instant of its first day to the last of its last day.
func ParseMoment(edge Edge, text string) (time.Time, error) {
	day, zone, named := strings.Cut(text, " ")
	date, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		return parseTime(text)
	case !named:
		return time.Time{}, fmt.Errorf("the day %s has no time zone: write it behind the day, as in %q", day, day+" Europe/Berlin")
	case date.Year() < firstYear || date.Year() > lastYear:
		return time.Time{}, fmt.Errorf("the year of %.40q is not between %d and %d: leave the date out if there is none", text, firstYear, lastYear)
	}
	return dayIn(edge, date, zone)
}

// timeForm is stricter than the parser of package time, which takes hours of one digit, and commas.
var timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$`)

func parseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || !timeForm.MatchString(text) {
		return time.Time{}, fmt.Errorf(`%.40q is neither a day with its time zone, such as "2026-12-31 Europe/Berlin", nor a time such as "2026-12-31T18:00:00+01:00" (RFC 3339)`, text)
	}
	return t, CheckMoment(t)
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

// zoneForm is that of the names of time zones. Others, such as "localtime" or "right/UTC", are files that some machines have.
var zoneForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$`)

// clockForm is that of a time behind a day, without what RFC 3339 asks for.
var clockForm = regexp.MustCompile(`^\d{1,2}:\d\d`)

// location returns the time zone. "Local" is refused, as it differs between machines.
func location(zone string) (*time.Location, error) {
	switch {
	case zone == "" || strings.TrimSpace(zone) != zone:
		return nil, errNoZone
	case clockForm.MatchString(zone):
		return nil, errors.New(`write a time as in "2026-12-31T18:00:00+01:00" (RFC 3339)`)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" || !zoneForm.MatchString(zone) {
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
