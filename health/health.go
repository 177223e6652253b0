// Package health reports to probes which part of an application is degraded, without taking the application out of
// service.
//
// A dependency that all replicas share must not decide whether a replica gets requests: if it fails, it would
// take all of them out at once. So [NewHandler] answers that a part is degraded, and goes on being ready.
//
// The package imports the standard library only, so that every other package can report to it.
package health

import (
	"context"
	"strings"
)

// A Part is something that the application depends on, such as a database:
//
//	health.Part{Name: "database", Check: db.PingContext}
type Part struct {
	// Name is what the answers call the part. Parts with the same name are shown as one, which is degraded
	// if one of them is. Anyone who reaches the handler can read it.
	Name string

	// Check returns nil if the part is well. The words of a [Degraded] are shown. The text of any other
	// error is not.
	//
	// Check is called at most once a second, however many probes there are, and never again while a call is
	// running. It has a second, which it shares with the checks of all other parts. If it has not returned
	// by then, the part is degraded; the end of ctx should end it. A panic makes the part degraded.
	Check func(ctx context.Context) error
}

// A Reporter has parts that can be checked. A gate, a policy or a store of the application's own is asked for
// its parts if it is a Reporter.
type Reporter interface {
	// HealthParts returns the parts, always the same ones. It is called once.
	HealthParts() []Part
}

// A Degraded is the error of a part that does not work as it should, in words that anyone may read. Make it
// a constant. Do NOT make it of the text of another error, which may contain addresses or secrets.
//
// Words are at most 120 letters, spaces, commas and hyphens. Anything else is replaced by other words when it
// is shown.
type Degraded string

// Error returns the words.
func (d Degraded) Error() string { return string(d) }

const maxWords = 120

// shown returns the words if they are fit for anyone.
func (d Degraded) shown() Degraded {
	if d == "" || len(d) > maxWords || strings.ContainsFunc(string(d), unfit) {
		return failing
	}
	return d
}

// unfit reports a character that addresses and most secrets have, and words do not need.
func unfit(c rune) bool {
	letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !letter && c != ' ' && c != ',' && c != '-'
}
