// Package postgres opens what the gateway keeps in a PostgreSQL: connected accounts, and the audit trail.
//
// What is optional never takes down what is essential. So a server that is away at the start is no error: what is kept there is opened
// as soon as it answers. A server that refuses is one, as the operator has to change something.
package postgres

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxConnections bounds the pool of each database. Renewals of accounts use half of it at most.
const maxConnections = 10

// ErrURL is the error of an address. The address has a password, so nothing of it is quoted.
var ErrURL = errors.New("it is no URL of PostgreSQL: write one such as postgres://pme:…@db.internal/pme?sslmode=verify-full")

// Is reports whether the setting of a database is the URL of a PostgreSQL, and not the file of a SQLite.
func Is(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// WellFormed reports whether a URL can be used. It does NOT connect.
func WellFormed(url string) bool {
	_, err := pgx.ParseConfig(url)
	return err == nil
}

// Open returns a pool of connections, none of which is made yet. The error is [ErrURL].
func Open(url string) (*sql.DB, error) { return open(url, nil) }

// OpenReadOnly is Open for a reader, for whom the server changes nothing.
func OpenReadOnly(url string) (*sql.DB, error) {
	return open(url, map[string]string{"default_transaction_read_only": "on"})
}

func open(url string, parameters map[string]string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, ErrURL
	}
	for name, value := range parameters {
		cfg.RuntimeParams[name] = value
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(maxConnections)
	return db, nil
}

// Ping connects, and changes nothing. The error is as those of [OpenStore]; [IsAway] tells which is none there.
func Ping(ctx context.Context, url string) error {
	db, err := Open(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	return explained(db.PingContext(ctx))
}

// passing are the classes of PostgreSQL's error codes that can go away by themselves: connections, resources, and an operator who
// shuts the server down or has just started it.
var passing = []string{"08", "53", "57"}

// IsAway reports whether err says that the server does not answer for now, unlike one that refuses.
func IsAway(err error) bool {
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok {
		return len(answer.Code) == 5 && slices.Contains(passing, answer.Code[:2])
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, network := errors.AsType[net.Error](err) // a deadline is one, too
	return network
}

// IsReadOnly reports whether err says that something would have been changed by a reader of [OpenReadOnly].
func IsReadOnly(err error) bool {
	answer, ok := errors.AsType[*pgconn.PgError](err)
	return ok && answer.Code == "25006"
}

// A refusal says what a server has refused, and what to do. The driver's own text repeats half of the URL.
type refusal struct {
	text  string
	cause error
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.cause }

// explained returns a refusal for what the server has answered, and any other error as it is.
func explained(err error) error {
	if untrusted, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &refusal{fmt.Sprintf("the certificate of PostgreSQL is not trusted (%s): name the file of its authority with sslrootcert in the URL, or correct the host", flat(untrusted.Err.Error())), err}
	}
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if !ok || IsAway(err) {
		return err
	}
	return &refusal{fmt.Sprintf("PostgreSQL refuses and says %s (SQLSTATE %s): see that the user, the password and the database in the URL are right, and that the user may make tables", flat(answer.Message), answer.Code), err}
}

// flat returns a text as a part of a sentence, without a colon, after which a remedy would be expected.
func flat(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), ": ", ", ")
}
