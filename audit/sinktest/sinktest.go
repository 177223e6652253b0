// Package sinktest checks that an [audit.Sink] keeps the contract, and those of [audit.Reader] and, if it is one,
// [audit.Expirer]. The test of a sink is one call:
//
//	func TestSink(t *testing.T) {
//		sinktest.Run(t, func(t *testing.T) audit.Sink { return mysink.New(...) })
//	}
//
// It does NOT check that what is stored survives the end of the process, nor what happens while the storage fails: both can be
// seen from outside of the sink only. A sink that cannot be read cannot be checked.
package sinktest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/audit"
)

// A sink is one that can be read.
type sink interface {
	audit.Sink
	audit.Reader
}

// Run checks the sinks that newSink makes: empty ones, which it cleans up after with t.Cleanup.
func Run(t *testing.T, newSink func(t *testing.T) audit.Sink) {
	for name, check := range map[string]func(*testing.T, sink){
		"EmptySinkHasNothing":                 emptySinkHasNothing,
		"RecordsComeBackInTheirOrder":         recordsComeBackInTheirOrder,
		"ChainsAreKeptApart":                  chainsAreKeptApart,
		"ManyChainsAtOnceLoseNothing":         manyChainsAtOnceLoseNothing,
		"AppendAgainChangesNothing":           appendAgainChangesNothing,
		"AppendReplacesFromItsFirstNumber":    appendReplacesFromItsFirstNumber,
		"ShorterEndReplacesALongerOne":        shorterEndReplacesALongerOne,
		"AppendOfNothingChangesNothing":       appendOfNothingChangesNothing,
		"AnyTextComesBack":                    anyTextComesBack,
		"QueryHasWhatItSelects":               queryHasWhatItSelects,
		"RecordsStopWhenTheirReaderHasEnough": recordsStopWhenTheirReaderHasEnough,
		"EndedContextIsNeitherLossNorSilence": endedContextIsNeitherLossNorSilence,
		"StoredTrailIsWhole":                  storedTrailIsWhole,
		"ExpireDeletesWholeChainsOnly":        expireDeletesWholeChainsOnly,
		"ExpireDeletesNothingThatIsNotTooOld": expireDeletesNothingThatIsNotTooOld,
		"ChainsGoOnAfterOthersAreExpired":     chainsGoOnAfterOthersAreExpired,
	} {
		t.Run(name, func(t *testing.T) {
			s, ok := newSink(t).(sink)
			if !ok {
				t.Fatal("the sink is no audit.Reader, so that what it stores cannot be checked")
			}
			check(t, s)
		})
	}
}

func add(t *testing.T, s audit.Sink, records ...audit.Record) {
	t.Helper()
	if err := s.Append(t.Context(), records); err != nil {
		t.Fatalf("Append of %d records: %v", len(records), err)
	}
}

// read returns the lines that q selects, by chain.
func read(t *testing.T, s audit.Reader, q audit.Query) map[string][]string {
	t.Helper()
	lines := make(map[string][]string)
	for r, err := range s.Records(t.Context(), q) {
		if err != nil {
			t.Fatalf("Records: %v", err)
		}
		lines[r.Chain] = append(lines[r.Chain], r.Line())
	}
	return lines
}

// want checks that q selects these records, and that those of a chain come in this order.
func want(t *testing.T, what string, s audit.Reader, q audit.Query, records ...audit.Record) {
	t.Helper()
	lines := make(map[string][]string)
	for _, r := range records {
		lines[r.Chain] = append(lines[r.Chain], r.Line())
	}
	if diff := cmp.Diff(lines, read(t, s, q)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func emptySinkHasNothing(t *testing.T, s sink) {
	want(t, "Records", s, audit.Query{})
	if e, ok := s.(audit.Expirer); ok {
		if chains, err := e.Expire(t.Context(), start); err != nil || chains > 0 {
			t.Errorf("Expire = %d, %v", chains, err)
		}
	}
}

func recordsStopWhenTheirReaderHasEnough(t *testing.T, s sink) {
	c := newChain()
	add(t, s, c.some(5)...)
	n := 0
	for _, err := range s.Records(t.Context(), audit.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("Records went on to %d after its reader stopped at 2", n)
	}
}

// After an error of Append anything can be stored. Without one, everything is.
func endedContextIsNeitherLossNorSilence(t *testing.T, s sink) {
	c := newChain()
	first := c.some(3)
	add(t, s, first...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	second := c.some(3)
	if err := s.Append(ctx, second); err != nil {
		add(t, s, second...)
	}
	want(t, "Records", s, audit.Query{}, slices.Concat(first, second)...)

	n, failed := 0, false
	for _, err := range s.Records(ctx, audit.Query{}) {
		switch {
		case err == nil:
			n++
		case errors.Is(err, audit.ErrLine):
			t.Errorf("a line is no record: %v", err)
		default:
			failed = true
		}
	}
	if !failed && n != 6 {
		t.Errorf("Records under an ended context has %d records and no error", n)
	}
}

func storedTrailIsWhole(t *testing.T, s sink) {
	for range 3 {
		c := newChain()
		add(t, s, c.some(20)...)
		add(t, s, c.some(1)...)
	}
	v, err := audit.Verify(t.Context(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !v.OK() || len(v.Chains) != 3 {
		t.Errorf("Verify finds %d chains and %q", len(v.Chains), v.Problems)
	}
}

// start is when everything happens, or some time after.
var start = time.Date(2026, 3, 29, 0, 59, 59, 999_999_999, time.UTC)
