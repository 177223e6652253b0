package answer

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"
)

// A Refusal is how an error looks from outside.
type Refusal struct {
	Status int
	Code   string        // for the page's script
	Text   string        // for the visitor; says nothing about how things are made
	Retry  time.Duration // when to try again; 0 if trying again does not help
}

// Header sets the headers that r adds to an answer: Retry-After, if trying again helps.
func (r Refusal) Header(h http.Header) {
	if r.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(r.Retry.Seconds()))))
	}
}

// Write answers with r in JSON. The members of extra are added to the error object.
func (r Refusal) Write(w http.ResponseWriter, extra ...Member) {
	r.Header(w.Header())
	Error(w, r.Status, r.Code, r.Text, extra...)
}

// A Known is an error and the refusal that errors which wrap it are answered with.
type Known struct {
	Err error
	Refusal
}

// A Table lists the errors of one face, the more specific ones first. Its last row also answers every
// error that is not in it, so that row should be temporary and say nothing.
type Table []Known

// For returns the refusal for err. If it can be retried, after is when, unless that is 0. For panics on an
// empty table.
func (t Table) For(err error, after time.Duration) Refusal {
	out := t[len(t)-1].Refusal
	for _, known := range t {
		if errors.Is(err, known.Err) {
			out = known.Refusal
			break
		}
	}
	if out.Retry > 0 && after > 0 {
		out.Retry = after
	}
	return out
}
