package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

const cutTrail = "the audit trail cannot be read any further: the log of the process says why"

var errNoTrail = &Error{"not_found", "the running process keeps no audit trail that can be read: set audit.dir or audit.database", http.StatusNotFound}

// records sends the records of the trail that the query selects, one a line, and says at the end that it is the end. It is for
// databases that the running process has locked.
func (s *Server) records(ctx context.Context, w http.ResponseWriter, body []byte) error {
	q, err := decode[trailQuery](body)
	if err != nil {
		return err
	}
	trail := s.cfg.Target.Trail()
	if trail == nil {
		return errNoTrail
	}
	s.acted(ctx, event.Event{Reason: "read_trail"})
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.WriteHeader(http.StatusOK)
	out := newLines(w, s.now)
	for r, err := range trail.Records(ctx, q.query()) {
		line := trailLine{Record: r.Line()}
		if err != nil {
			line = trailLine{Wrong: err.Error()}
		}
		if err != nil && !errors.Is(err, audit.ErrLine) {
			s.cfg.Logger.WarnContext(ctx, "audit trail not read to its end", slog.Any("error", err))
			return nil // there is no line that says that it is the end
		}
		if !out.write(line) {
			return nil
		}
	}
	out.write(trailLine{End: true})
	out.flush()
	return nil
}

func (q trailQuery) query() audit.Query {
	return audit.Query{From: q.From, To: q.To, Kinds: q.Kinds, Users: q.Users, Model: q.Model}
}

// lines are written as long as the client reads them.
type lines struct {
	buffer  *bufio.Writer
	encoder *json.Encoder
	out     *http.ResponseController
	now     func() time.Time
	next    time.Time // when the client gets more time
}

func newLines(w http.ResponseWriter, now func() time.Time) *lines {
	buffer := bufio.NewWriterSize(w, 32<<10)
	return &lines{buffer: buffer, encoder: json.NewEncoder(buffer), out: http.NewResponseController(w), now: now}
}

// write reports false if the client is gone.
func (l *lines) write(line trailLine) bool {
	if now := l.now(); now.After(l.next) {
		l.next = now.Add(time.Second)
		_ = l.out.SetWriteDeadline(now.Add(writeTime)) // a recorder of a test has none
	}
	return l.encoder.Encode(line) == nil
}

func (l *lines) flush() { _ = l.buffer.Flush() }
