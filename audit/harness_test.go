package audit_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
)

var errFull = errors.New("no space left on device")

// A shelf is a sink in memory that can fail and hang.
type shelf struct {
	mu      sync.Mutex
	lines   []string
	err     error
	half    bool // a failed call has stored a part of the records
	hangs   chan struct{}
	calls   int
	expired int
	before  time.Time
}

func (s *shelf) Append(ctx context.Context, records []audit.Record) error {
	s.mu.Lock()
	hangs := s.hangs
	s.mu.Unlock()
	if hangs != nil {
		select {
		case <-hangs:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.err != nil && !s.half {
		return s.err
	}
	s.lines = slices.DeleteFunc(s.lines, func(line string) bool { // what a failed call has left
		return s.half && replaces(&records[0], line)
	})
	for i := range records {
		if s.err != nil && i > len(records)/2 {
			return s.err
		}
		s.lines = append(s.lines, records[i].Line())
	}
	return s.err
}

func replaces(first *audit.Record, line string) bool {
	r, err := audit.ParseLine(line)
	return err == nil && r.Chain == first.Chain && r.Number >= first.Number
}

func (s *shelf) Records(_ context.Context, q audit.Query) iter.Seq2[audit.Record, error] {
	return func(yield func(audit.Record, error) bool) {
		s.mu.Lock()
		lines := slices.Clone(s.lines)
		s.mu.Unlock()
		for _, line := range lines {
			r, err := audit.ParseLine(line)
			if (err != nil || q.Selects(&r)) && !yield(r, err) {
				return
			}
		}
	}
}

func (s *shelf) Expire(_ context.Context, before time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = before
	return s.expired, nil
}

func (s *shelf) set(f func(*shelf)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// records returns the records of some kinds, or all but the first and the last one of a chain.
func (s *shelf) records(t *testing.T, kinds ...event.Kind) (out []audit.Record) {
	t.Helper()
	for r, err := range s.Records(t.Context(), audit.Query{Kinds: kinds}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(kinds) > 0 || r.Kind != audit.TrailBegan && r.Kind != audit.TrailClosed {
			out = append(out, r)
		}
	}
	return out
}

// lost is how many records are lost, as the trail says, in one record or several.
func (s *shelf) lost(t *testing.T) (n int) {
	t.Helper()
	for _, r := range s.records(t, audit.RecordsLost) {
		n += r.Count
	}
	return n
}

// A desk is a trail in a bubble, with its sink and its log.
type desk struct {
	*audit.Trail
	shelf *shelf
	log   *logtest.Buffer
	n     int
}

func inDesk(t *testing.T, change func(*audit.Config), f func(t *testing.T, d *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := &desk{shelf: new(shelf), log: new(logtest.Buffer)}
		cfg := audit.Config{Sinks: []audit.Sink{d.shelf}, Logger: slog.New(slog.NewTextHandler(d.log, nil))}
		if change != nil {
			change(&cfg)
		}
		trail, err := audit.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		d.Trail = trail
		f(t, d)
		d.close(t)
	})
}

func (d *desk) close(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := d.Close(ctx); err != nil {
		t.Error(err)
	}
}

// granted returns the event of a grant, or of a renewal, of a token for ten minutes.
func (d *desk) granted(kind event.Kind, user string, models ...string) event.Event {
	d.n++
	now := time.Now()
	return event.Event{
		ID: fmt.Sprint("E", d.n), Time: now, Kind: kind, Level: slog.LevelInfo, User: user, Session: "phone", Models: models,
		Names: names(models), Until: now.Add(10 * time.Minute), Reason: "rule", Detail: `rule 2 (allow.yaml:14): user "` + user + `"`, Policy: "0123456789ab",
		Request: event.Request{Client: "10.0.0.1", ID: "R1", Method: "GET", Path: "/pme/token"},
	}
}

func names(models []string) (out []string) {
	for _, model := range models {
		out = append(out, map[string]string{office: "Head office", warehouse: "Warehouse"}[model])
	}
	return out
}

// view plays a tour of some minutes.
func (d *desk) view(user, model string, minutes int) {
	d.Listen(d.granted(event.TokenGranted, user, model))
	for range minutes / 8 {
		time.Sleep(8 * time.Minute)
		d.Listen(d.granted(event.TokenRenewed, user, model))
	}
	synctest.Wait()
}

func (d *desk) revoke(e event.Event) {
	d.n++
	e.ID, e.Time, e.Kind, e.Level = fmt.Sprint("E", d.n), time.Now(), event.TokensRevoked, slog.LevelInfo
	d.Listen(e)
	synctest.Wait()
}

// verify wants the trail to be whole, with one chain.
func (d *desk) verify(t *testing.T) {
	t.Helper()
	v, err := audit.Verify(t.Context(), d.shelf, nil)
	if err != nil || !v.OK() || len(v.Chains) != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}
