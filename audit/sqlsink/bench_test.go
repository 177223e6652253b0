//go:build unix

package sqlsink_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
	"github.com/go-pme/pme/event"
)

// BenchmarkSink stores the records of a year, and asks what auditors ask. PME_AUDIT_RECORDS is how many records there are,
// such as 1000000; by default there are few.
func BenchmarkSink(b *testing.B) {
	records, err := strconv.Atoi(os.Getenv("PME_AUDIT_RECORDS"))
	if err != nil {
		records = few
	}
	b.Run("SQLite", func(b *testing.B) { benchmark(b, newSQLite(b), records) })
	b.Run("PostgreSQL", func(b *testing.B) {
		benchmark(b, database{pool(b, "pgx", postgrestest.Shared(b).Schema(b), 4), sqlsink.PostgreSQL}, records)
	})
}

// few records are stored one by one. The others are copies of them, with the next numbers of their chains.
const (
	days = 365
	few  = 40 * days
)

func benchmark(b *testing.B, db database, records int) {
	s, err := db.open(b.Context(), sqlsink.Config{})
	if err != nil {
		b.Fatal(err)
	}
	end := fill(b, s, min(records, few))
	copies(b, db, records)

	last90 := audit.Query{From: end.AddDate(0, 0, -90)}
	space, user, seldom := last90, last90, audit.Query{Kinds: []event.Kind{event.PolicyChanged}}
	space.Model, user.Users = "model7", []string{"user7"}
	for _, q := range []struct {
		what string
		audit.Query
	}{
		{"Space", space},
		{"User", user},
		{"Seldom", seldom},
		{"OneDay", audit.Query{From: end.AddDate(0, 0, -1)}},
		{"All", audit.Query{}},
	} {
		b.Run(q.what, func(b *testing.B) {
			var n int
			for b.Loop() {
				var errs []error
				if n, errs = read(b, s, q.Query); errs != nil {
					b.Fatal(errs)
				}
			}
			b.ReportMetric(float64(n), "records")
		})
	}
	b.Run("AppendOne", func(b *testing.B) {
		c := newChain()
		for b.Loop() {
			add(b, s, c.some(1)...)
		}
	})
	b.Run("Expire", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Expire(b.Context(), start.AddDate(0, 0, 36)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// fill stores the records of a year, a chain for each day, and returns when it ends.
func fill(b *testing.B, s *sqlsink.Sink, records int) (end time.Time) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for day := range days {
		c := newChain()
		var batch []audit.Record
		for i := range records / days {
			model := random.IntN(200)
			r := audit.Record{
				Time: start.AddDate(0, 0, day).Add(24 * time.Hour * time.Duration(i) / time.Duration(records/days)),
				Kind: event.SpaceViewed, User: fmt.Sprintf("user%d", random.IntN(1000)), Session: "b7e23ec29af22b0b4e41da31e868d57226121c84",
				Models: []string{fmt.Sprintf("model%d", model)}, Names: []string{fmt.Sprintf("Plant %d", model)},
				Client: "192.0.2.7", RequestID: "4bf92f3577b34da6a3ce929d0e0e4736", Method: "GET", Path: "/spaces/token", Policy: "2c26b46b68ff",
			}
			switch i % 10 {
			case 0, 1, 2:
				r.Kind = event.TokenGranted
			case 3:
				r.Kind, r.Models, r.Names = event.TokenDenied, nil, nil
			case 4:
				if i < 10 {
					r.Kind, r.Models, r.Names, r.User = event.PolicyChanged, nil, nil, ""
				}
			}
			end = r.Time
			if batch = append(batch, c.next(r)); len(batch) == 256 {
				add(b, s, batch...)
				batch = nil
			}
		}
		add(b, s, batch...)
	}
	return end
}

func copies(b *testing.B, db database, records int) {
	b.Helper()
	const each = few / days
	for n := int64(each); n < int64(records/days); n += each {
		for _, statement := range []string{
			`INSERT INTO pme_audit_records SELECT chain, number + $1, at, kind, user_id,
				REPLACE(line, '"n":' || number || ',', '"n":' || (number + $1) || ',') FROM pme_audit_records WHERE number <= $2`,
			`INSERT INTO pme_audit_models SELECT chain, number + $1, model FROM pme_audit_models WHERE number <= $2`,
		} {
			if _, err := db.ExecContext(b.Context(), statement, n, each); err != nil {
				b.Fatal(err)
			}
		}
	}
}
