package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/event"
)

// trail is the audit trail, in files in a directory of its own.
type trail struct {
	dir    string
	files  *files.Files
	audit  *audit.Trail
	stream *event.Stream
}

// newTrail makes a trail and the stream that it records. A grant waits until it is stored, as operators may want it.
func newTrail(log *slog.Logger, listeners ...event.Listener) (*trail, error) {
	dir, err := os.MkdirTemp("", "pme-e2e-trail-")
	if err != nil {
		return nil, err
	}
	t := &trail{dir: dir}
	if t.files, err = files.Open(files.Config{Dir: dir}); err == nil {
		t.audit, err = audit.New(audit.Config{Sinks: []audit.Sink{t.files}, Mode: audit.Required, Logger: log})
	}
	if err == nil {
		t.stream, err = event.New(event.Config{Logger: log, Recorder: t.audit, Listeners: append(listeners, t.audit)})
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return t, nil
}

// report answers with the records, in their order, and with what an auditor would find wrong with them.
func (t *trail) report(w http.ResponseWriter, r *http.Request) {
	verified, err := audit.Verify(r.Context(), t.files, nil)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := struct {
		Records  []audit.Record `json:"records"`
		Problems []string       `json:"problems"`
	}{Problems: verified.Problems}
	for record, err := range t.files.Records(r.Context(), audit.Query{}) {
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		out.Records = append(out.Records, record)
	}
	_ = json.NewEncoder(w).Encode(out)
}

// close is called when nothing emits events any more.
func (t *trail) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return errors.Join(t.stream.Shutdown(ctx), t.audit.Close(ctx), t.files.Close(), os.RemoveAll(t.dir))
}
