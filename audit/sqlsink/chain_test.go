//go:build unix

package sqlsink_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink"
	"github.com/go-pme/pme/event"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A chain makes records as a trail does.
type chain struct {
	id     string
	number int64
	hash   string
}

func newChain() *chain { return &chain{id: rand.Text()} }

func (c *chain) next(r audit.Record) audit.Record {
	c.number++
	r.Version, r.Chain, r.Number, r.Previous, r.ID = 1, c.id, c.number, c.hash, fmt.Sprint(c.number)
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	body := strings.TrimSuffix(string(text), "}")
	sum := sha256.Sum256([]byte(body))
	c.hash = hex.EncodeToString(sum[:])
	parsed, err := audit.ParseLine(body + `,"hash":"` + c.hash + `"}`)
	if err != nil {
		panic(err)
	}
	return parsed
}

// some returns the next n records, a second apart.
func (c *chain) some(n int) []audit.Record {
	records := make([]audit.Record, n)
	for i := range records {
		records[i] = c.next(audit.Record{
			Time: start.Add(time.Duration(c.number) * time.Second), Kind: event.SpaceViewed, User: "bob",
			Models: []string{"SxQL3iGyoDo"}, Names: []string{"Plant 3"},
		})
	}
	return records
}

func add(t testing.TB, s audit.Sink, records ...audit.Record) {
	t.Helper()
	if err := s.Append(t.Context(), records); err != nil {
		t.Fatal(err)
	}
}

// read returns how many records q selects, and the errors about lines.
func read(t testing.TB, s *sqlsink.Sink, q audit.Query) (records int, errs []error) {
	t.Helper()
	for _, err := range s.Records(t.Context(), q) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		records++
	}
	return records, errs
}

// wantWhole checks that so many records are stored, and that nothing is wrong with them.
func wantWhole(t *testing.T, s *sqlsink.Sink, want int64) {
	t.Helper()
	v, err := audit.Verify(t.Context(), s, nil)
	if err != nil {
		t.Error(err)
		return
	}
	var got int64
	for _, c := range v.Chains {
		got += c.Last - c.First + 1
	}
	if !v.OK() || got != want {
		t.Errorf("%d records are stored, want %d; %q", got, want, v.Problems)
	}
}
