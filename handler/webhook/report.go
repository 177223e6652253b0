package webhook

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/event"
)

// The reasons of event.WebhookRefused, and that of the summary of event.WebhookReceived.
const (
	reasonCredential = "credential"
	reasonVersion    = "version_1"
	reasonMalformed  = "malformed"
	reasonMany       = "many"
)

var details = map[string]string{ //nolint:gosec // they are advice
	reasonCredential: "the credential is missing, wrong or there twice: compare it with what was registered at Matterport",
	reasonVersion:    errVersion1.Error(),
	reasonMalformed:  "the request is not what Matterport documents: it was not acted upon",
}

// reports emits events, and bounds them.
type reports struct {
	events   *event.Stream
	wake     func()
	received *tally
	refused  map[string]*tally
}

func newReports(events *event.Stream, wake func()) *reports {
	r := &reports{
		events: events, wake: wake, refused: make(map[string]*tally),
		received: newTally(60, 2*time.Second, event.Event{
			Kind: event.WebhookReceived, Level: slog.LevelInfo, Reason: reasonMany, Detail: "further events, which were acted upon as the others",
		}),
	}
	for reason, detail := range details {
		r.refused[reason] = newTally(1, 10*time.Minute, refusal(reason, detail))
	}
	return r
}

func refusal(reason, detail string) event.Event {
	return event.Event{Kind: event.WebhookRefused, Level: slog.LevelWarn, Reason: reason, Detail: detail}
}

// accepted tells of an event.
func (r *reports) accepted(req *http.Request, now time.Time, h hint) {
	e := event.Event{Kind: event.WebhookReceived, Level: slog.LevelInfo, Reason: h.kind}
	if h.model != "" {
		e.Models = []string{h.model}
	}
	r.tell(req, now, r.received, e)
}

// refuse tells of a request that was refused. The detail is text of this package, or empty for the usual one.
func (r *reports) refuse(req *http.Request, now time.Time, reason, detail string) {
	if detail == "" {
		detail = details[reason]
	}
	r.tell(req, now, r.refused[reason], refusal(reason, detail))
}

func (r *reports) tell(req *http.Request, now time.Time, t *tally, e event.Event) {
	switch emit, first := t.note(now); {
	case emit:
		r.events.Emit(event.Context(req), e)
	case first:
		r.wake()
	}
}

func (r *reports) each(do func(*tally)) {
	do(r.received)
	for _, t := range r.refused {
		do(t)
	}
}

// next returns when a summary is due, or the zero time.
func (r *reports) next() (due time.Time) {
	r.each(func(t *tally) { due = sooner(due, t.next()) })
	return due
}

// summarize emits the summaries that are due.
func (r *reports) summarize(now time.Time) {
	r.each(func(t *tally) {
		if what, due := t.summary(now); due {
			r.events.Emit(context.Background(), what)
		}
	})
}

// sooner returns the earlier of two times; zero is none.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
