package matterporttest

import (
	"net/http"
	"time"
)

// Misdated answers as f does, with a Date header that is off by as much: slow where by is negative. Where f
// is the zero Failure, nothing else is wrong, and the operation is carried out. The emulated clock stays
// as it is: this is what becomes of an answer at a proxy, or at a machine whose clock is wrong.
func Misdated(by time.Duration, f Failure) Failure {
	return f.dated(func(h http.Header) {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			h.Set("Date", date.Add(by).UTC().Format(http.TimeFormat))
		}
	})
}

// Undated answers as f does, without a Date header. Where f is the zero Failure, nothing else is wrong.
func Undated(f Failure) Failure {
	return f.dated(func(h http.Header) { h["Date"] = nil }) // net/http would add one that is only absent
}

// dated is f with another Date.
func (f Failure) dated(change func(http.Header)) Failure {
	return Failure{delay: f.delay, answer: func(w http.ResponseWriter, x exchange) {
		change(w.Header())
		if f.answer == nil {
			x.serve(w)
			return
		}
		f.answer(w, x)
	}}
}
