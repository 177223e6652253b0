//go:build unix

package sqlsink_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
)

func TestWhatIsNoPartOfAChainIsRefusedAsAWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		s := db.sink(t)
		a := newChain().some(5)
		for what, records := range map[string][]audit.Record{
			"records without a line": make([]audit.Record, 2),
			"two chains":             slices.Concat(a[:1], newChain().some(2)[1:]),
			"a gap":                  {a[0], a[2]},
			"another order":          {a[1], a[0]},
			"a record twice":         {a[0], a[0]},
			"no chain":               (&chain{}).some(1),
			"a long chain":           (&chain{id: strings.Repeat("x", 101)}).some(1),
			"a chain with a NUL":     (&chain{id: "a\x00"}).some(1),
			"number 0":               (&chain{id: "a", number: -1}).some(1),
		} {
			if err := s.Append(t.Context(), records); err == nil || !strings.HasPrefix(err.Error(), "sqlsink: append: ") {
				t.Errorf("%s: %v", what, err)
			}
		}
		bad, err := audit.ParseLine(strings.Replace(a[0].Line(), "bob", "\xff", 1))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Append(t.Context(), []audit.Record{bad}); err == nil || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("a line that is not UTF-8: %v", err)
		}
		wantWhole(t, s, 0)
	})
}

func TestGapIsStoredAndLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		var log bytes.Buffer
		s, err := db.open(t.Context(), sqlsink.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		c := newChain()
		records := c.some(30)
		add(t, s, records[:10]...)
		add(t, s, records[10:12]...)
		add(t, s, records[5:14]...)
		if strings.Contains(log.String(), "missing") {
			t.Errorf("without a gap: %s", &log)
		}
		add(t, s, records[20:]...)
		if !strings.Contains(log.String(), "missing in the database") || !strings.Contains(log.String(), "from=15 to=20") {
			t.Errorf("with a gap: %s", &log)
		}
		v, err := audit.Verify(t.Context(), s, nil)
		if err != nil || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "15 to 20 are missing") {
			t.Errorf("Verify = %+v, %v", v, err)
		}
	})
}

// A report may take as long as it wants. Records are appended and deleted meanwhile, also with one connection.
func TestReaderHoldsUpNoOne(t *testing.T) {
	onBoth(t, func(t *testing.T, db database) {
		db.SetMaxOpenConns(1)
		s := db.sink(t)
		c := newChain()
		for range 5 {
			add(t, s, c.some(500)...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), soon)
		defer cancel()
		n := 0
		for _, err := range s.Records(ctx, audit.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%1000 == 1 {
				if err := s.Append(ctx, newChain().some(1)); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Expire(ctx, start.Add(-time.Hour)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n < 2500 {
			t.Errorf("%d records of 2500", n)
		}
	})
}
