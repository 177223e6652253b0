//go:build unix

package sqlsink_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/audit/sqlsink/internal/postgrestest"
	"github.com/go-pme/pme/event"
)

// A trail keeps its records while the server is gone, and stores them when it is back.
func TestServerThatIsGoneForAWhileLosesNothing(t *testing.T) {
	leaveOutIfShort(t)
	server := postgrestest.New(t)
	others := goleak.IgnoreCurrent()
	db := postgresPool(t, server.Schema(t), 4)
	s := db.sink(t)
	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{s}, Mode: audit.Required, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	grant := event.Event{Kind: event.TokenGranted, ID: "1", Time: start, User: "bob", Models: []string{"A"}, Until: start.Add(time.Minute)}
	signIns := func(n int) {
		for i := range n {
			trail.Listen(event.Event{Kind: event.SignedIn, ID: fmt.Sprint(i), Time: start, User: "bob"})
		}
	}
	if err := trail.Record(t.Context(), grant); err != nil {
		t.Fatalf("Record: %v", err)
	}
	signIns(300)
	for _, end := range []func(testing.TB){server.Kill, server.Stop} {
		end(t)
		began := time.Now()
		if err := trail.Record(t.Context(), grant); err == nil {
			t.Error("a grant is said to be stored while the server is gone")
		}
		if took := time.Since(began); took > soon/2 {
			t.Errorf("a grant that is not stored takes %v", took)
		}
		if err := s.Append(t.Context(), newChain().some(1)); err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Append without a server: %v", err)
		}
		if _, err := db.open(t.Context(), sqlsink.Config{}); err == nil {
			t.Error("New without a server is no error")
		}
		for _, err := range s.Records(t.Context(), audit.Query{}) {
			if err == nil || errors.Is(err, audit.ErrLine) {
				t.Errorf("Records without a server: %v", err)
			}
		}
		if n, err := s.Expire(t.Context(), start); err == nil || n != 0 {
			t.Errorf("Expire without a server: %d, %v", n, err)
		}
		signIns(300)
		server.Start(t)
		for began := time.Now(); trail.Record(t.Context(), grant) != nil; time.Sleep(50 * time.Millisecond) { // until the sink is tried again
			if time.Since(began) > soon {
				t.Fatal("no grant is stored after the start of the server")
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*soon)
	defer cancel()
	if err := trail.Close(ctx); err != nil {
		t.Error(err)
	}
	wantWhole(t, s, 2+3+900) // the trail's own, the grants that were given, and the others
	if n, errs := read(t, s, audit.Query{Kinds: []event.Kind{event.TokenGranted}}); n != 3 || errs != nil {
		t.Errorf("%d grants, %q", n, errs)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	const waiting = "github.com/go-pme/pme/audit/sqlsink/internal/postgrestest.await" // for the server
	if err := goleak.Find(others, goleak.IgnoreAnyFunction(waiting)); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyServerIsAnErrorUntilItIsNot(t *testing.T) {
	leaveOutIfShort(t)
	server := postgrestest.New(t)
	db := postgresPool(t, server.Schema(t), 4)
	s := db.sink(t)
	c := newChain()
	add(t, s, c.some(3)...)
	run := func(statements ...string) {
		for _, statement := range statements {
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	run(`ALTER SYSTEM SET default_transaction_read_only = on`, `SELECT pg_reload_conf()`)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	stored := int64(3)
	for s.Append(ctx, newChain().some(1)) == nil { // until the server has read its settings
		stored++
	}
	records := c.some(3)
	if err := s.Append(ctx, records); err == nil || ctx.Err() != nil {
		t.Errorf("Append to a server that is read-only: %v", err)
	}
	wantWhole(t, s, stored)
	run(`ALTER SYSTEM RESET default_transaction_read_only`, `SELECT pg_reload_conf()`)
	err := errors.New("not yet")
	for err != nil && ctx.Err() == nil { // likewise
		err = s.Append(ctx, records)
	}
	wantWhole(t, s, stored+3)
}

// An error in the middle of an Append leaves nothing, and the next one is fine.
func TestFullDiskIsAnErrorUntilThereIsRoom(t *testing.T) {
	for what, tc := range map[string]struct {
		open       func(t *testing.T) database
		full, room []string
	}{
		"SQLite": {
			func(t *testing.T) database { return newSQLite(t) },
			[]string{`PRAGMA max_page_count = 60`},
			[]string{`PRAGMA max_page_count = 1000000`},
		},
		"PostgreSQL": {
			func(t *testing.T) database { leaveOutIfShort(t); return newPostgres(t, 2) },
			[]string{`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				IF NEW.number > 100 THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END IF;
				RETURN NEW; END $$`, `CREATE TRIGGER full_disk BEFORE INSERT ON pme_audit_models FOR EACH ROW EXECUTE FUNCTION full_disk()`},
			[]string{`DROP TRIGGER full_disk ON pme_audit_models`},
		},
	} {
		t.Run(what, func(t *testing.T) {
			db := tc.open(t)
			s := db.sink(t)
			run := func(statements []string) {
				for _, statement := range statements {
					if _, err := db.ExecContext(t.Context(), statement); err != nil {
						t.Fatal(err)
					}
				}
			}
			run(tc.full)
			c := newChain()
			var stored int64
			var err error
			var records []audit.Record
			for err == nil && stored < 10_000 {
				records = c.some(60)
				if err = s.Append(t.Context(), records); err == nil {
					stored += 60
				}
			}
			if err == nil {
				t.Fatal("the disk is never full")
			}
			wantWhole(t, s, stored)
			run(tc.room)
			add(t, s, records...)
			wantWhole(t, s, stored+60)
		})
	}
}

// A transaction whose client is cut off must not hold up the next attempt for as long as the server believes in the connection.
func TestServerGivesTransactionsUp(t *testing.T) {
	leaveOutIfShort(t)
	db := newPostgres(t, 2)
	s := db.sink(t)
	if _, err := db.ExecContext(t.Context(), `CREATE FUNCTION limited() RETURNS trigger LANGUAGE plpgsql AS $$
		DECLARE name text; BEGIN
			FOREACH name IN ARRAY ARRAY['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout'] LOOP
				IF current_setting(name)::interval NOT BETWEEN '1 ms' AND '61 s' THEN
					RAISE EXCEPTION '% is %', name, current_setting(name);
				END IF;
			END LOOP;
		RETURN NEW; END $$`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TRIGGER limited BEFORE INSERT ON pme_audit_records FOR EACH ROW EXECUTE FUNCTION limited()`); err != nil {
		t.Fatal(err)
	}
	c := newChain()
	add(t, s, c.some(1)...)
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	if err := s.Append(ctx, c.some(1)); err != nil {
		t.Error(err)
	}
}

// While another transaction has not ended that inserts the same records, Append waits, and not longer than it may.
func TestAppendReturnsWithItsContext(t *testing.T) {
	leaveOutIfShort(t)
	db := newPostgres(t, 3)
	s := db.sink(t)
	records := newChain().some(2)
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.ExecContext(t.Context(), `INSERT INTO pme_audit_records (chain, number, at, kind, user_id, line) VALUES ($1, 1, 0, '', '', $2)`,
		records[0].Chain, records[0].Line()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := s.Append(ctx, records); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Append beside another transaction: %v", err)
	}
	if took := time.Since(began); took > soon/2 {
		t.Errorf("Append with 300 ms to go takes %v", took)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	add(t, s, records...)
	wantWhole(t, s, 2)
}
