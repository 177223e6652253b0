//go:build unix

package sqlsink_test

import (
	"context"
	"strings"
	"testing"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
)

// The errors go to the log and to probes.
func TestErrorsHaveNoPasswordAndNoRecord(t *testing.T) {
	leaveOutIfShort(t)
	const password = "pa55w0rd-c0ffee"
	dir, _, _ := strings.Cut(strings.TrimPrefix(postgrestest.Shared(t).Schema(t), "host="), " ")
	for what, dsn := range map[string]string{
		"no server":       "postgres://app:" + password + "@127.0.0.1:1/audit?sslmode=disable",
		"no such user":    "host=" + dir + " user=nobody password=" + password + " dbname=postgres sslmode=disable",
		"no such host":    "postgres://app:" + password + "@host.invalid/audit",
		"a broken port":   "postgres://app:" + password + "@127.0.0.1:x/audit",
		"a broken option": "postgres://app:" + password + "@127.0.0.1/audit?sslmode=perhaps",
	} {
		_, err := database{pool(t, "pgx", dsn, 1), sqlsink.PostgreSQL}.open(t.Context(), sqlsink.Config{})
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", what, err)
		}
	}

	s := newPostgres(t, 2).sink(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	records := newChain().some(3)
	records[1] = audit.Record{}
	for what, err := range map[string]error{
		"a record without a line": s.Append(t.Context(), records),
		"an ended context":        s.Append(ctx, records[:1]),
	} {
		if err == nil || strings.Contains(err.Error(), "bob") || strings.Contains(err.Error(), "Plant 3") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
