package audit

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/go-pme/pme/event"
)

// A Sink stores records. Package audit/files and the module audit/sqlsink have sinks, and package audit/sinktest checks what is
// said here. A trail calls Append once at a time, and other methods beside it. Several processes can share a sink.
type Sink interface {
	// Append stores records of one chain, which follow each other, and returns once they are safely stored. After an
	// error, some of them may be stored: the next call of Append for that chain begins at the first of their numbers or a
	// later one, and replaces what is stored of the chain from there on. It should return when ctx ends: as long as it does
	// not, records wait.
	Append(ctx context.Context, records []Record) error
}

// A Reader reads records. The sinks of this project are Readers.
type Reader interface {
	// Records goes through the records that q selects: those of one chain in their order, those of several chains in any.
	// An error that is an [ErrLine] is about one line, and the next follows; any other ends it.
	Records(ctx context.Context, q Query) iter.Seq2[Record, error]
}

// An Expirer is a [Sink] that can delete old records.
type Expirer interface {
	// Expire deletes each chain of which all records are from before that time, and returns how many it has deleted. It
	// deletes no part of a chain.
	Expire(ctx context.Context, before time.Time) (chains int, err error)
}

// ErrLine means that a line is no record.
var ErrLine = errors.New("a line is no record")

// A Query selects records. The zero Query selects all.
type Query struct {
	// From and To bound the time of the records: From is included, To is not. Zero is no bound.
	From, To time.Time

	// Kinds are the kinds of records. None means all.
	Kinds []event.Kind

	// Users are the IDs, or pseudonyms, of users whom the records are about. None means all.
	Users []string

	// Model is the ID, or the name, of a model that is among those of the records. Empty means all.
	Model string
}

// Selects reports whether q selects r.
func (q Query) Selects(r *Record) bool {
	return (q.From.IsZero() || !r.Time.Before(q.From)) && (q.To.IsZero() || r.Time.Before(q.To)) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, r.Kind)) &&
		(len(q.Users) == 0 || slices.Contains(q.Users, r.User)) &&
		(q.Model == "" || slices.Contains(r.Models, q.Model) || slices.Contains(r.Names, q.Model))
}
