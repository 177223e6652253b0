package postgres

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"log/slog"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
)

// A Sink keeps the audit trail. Until the server has answered, its methods fail: what needs no record goes on.
type Sink struct {
	late[*sqlsink.Sink]
	db *sql.DB
}

var _ interface {
	audit.Sink
	audit.Reader
	audit.Expirer
} = (*Sink)(nil)

// OpenSink opens the audit trail at a URL, or goes on trying if the server is away. The setting is what the log calls it. The error says
// what is wrong and what to do. Close the Sink.
func OpenSink(ctx context.Context, setting, url string, log *slog.Logger) (*Sink, error) {
	db, err := Open(url)
	if err != nil {
		return nil, err
	}
	s := &Sink{late[*sqlsink.Sink]{setting: setting, log: log, open: func(ctx context.Context) (*sqlsink.Sink, error) {
		return sqlsink.New(ctx, sqlsink.Config{DB: db, Dialect: sqlsink.PostgreSQL, Logger: log})
	}}, db}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close ends what runs in the background, and the connections.
func (s *Sink) Close() error {
	s.stop()
	return s.db.Close() //nolint:wrapcheck // it says all
}

// Append implements [audit.Sink].
func (s *Sink) Append(ctx context.Context, records []audit.Record) error {
	sink, err := s.get()
	if err != nil {
		return err
	}
	return sink.Append(ctx, records) //nolint:wrapcheck // as if it were called itself
}

// Records implements [audit.Reader].
func (s *Sink) Records(ctx context.Context, q audit.Query) iter.Seq2[audit.Record, error] {
	sink, err := s.get()
	if err != nil {
		return func(yield func(audit.Record, error) bool) { yield(audit.Record{}, err) }
	}
	return sink.Records(ctx, q)
}

// Expire implements [audit.Expirer].
func (s *Sink) Expire(ctx context.Context, before time.Time) (int, error) {
	sink, err := s.get()
	if err != nil {
		return 0, err
	}
	return sink.Expire(ctx, before) //nolint:wrapcheck // as above
}
