package matterporttest

import (
	"errors"
	"regexp"
	"strconv"
	"time"
)

// The bounds of validFor (docs/matterport.md §2).
const (
	minValidFor = 30 * time.Second
	maxValidFor = 24 * time.Hour
)

// The two ways to write validFor: ISO 8601 in days and less (months and weeks exceed the maximum anyway),
// and the shorthand. Six digits are more than any acceptable number has, and cannot overflow.
var (
	isoDuration = regexp.MustCompile(`^P(?:(\d{1,6})D)?(T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)
	shorthand   = regexp.MustCompile(`^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?$`)
)

var (
	errValidForForm   = errors.New("validFor is not a duration such as PT10M or 10m")
	errValidForBounds = errors.New("validFor must be between 30 seconds and 24 hours")
)

// parseValidFor reads a duration such as PT10M, P1D, PT1H30M, 24h, 1h30m or 90s and checks its bounds.
func parseValidFor(text string) (time.Duration, error) {
	var days, hours, minutes, seconds string
	if m := isoDuration.FindStringSubmatch(text); m != nil && m[2] != "T" {
		days, hours, minutes, seconds = m[1], m[3], m[4], m[5]
	} else if m := shorthand.FindStringSubmatch(text); m != nil {
		hours, minutes, seconds = m[1], m[2], m[3]
	}
	if days+hours+minutes+seconds == "" {
		return 0, errValidForForm
	}
	total := ((count(days)*24+count(hours))*60+count(minutes))*60 + count(seconds)
	if total < int64(minValidFor/time.Second) || total > int64(maxValidFor/time.Second) {
		return 0, errValidForBounds
	}
	return time.Duration(total) * time.Second, nil
}

// count reads one component, of which the pattern has left only digits, or nothing.
func count(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
