package audit_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

var chainKey = bytes.Repeat([]byte("k"), 32)

// aTrail returns the lines of a trail of some tours, and its anchors.
func aTrail(t *testing.T, key []byte) (lines []string, anchors []audit.Anchor) {
	t.Helper()
	keep := func(a audit.Anchor) { anchors = append(anchors, a) }
	inDesk(t, func(c *audit.Config) { c.ChainKey, c.Anchor = key, keep }, func(t *testing.T, d *desk) {
		for range 3 {
			d.view("bob", office, 40)
			time.Sleep(time.Hour)
		}
		d.close(t)
		lines = d.shelf.lines
	})
	return lines, anchors
}

func TestVerifyFindsWhatWasChanged(t *testing.T) {
	lines, anchors := aTrail(t, chainKey)
	other, _ := aTrail(t, chainKey)
	forged, _ := aTrail(t, nil)
	if len(lines) != 8 || len(anchors) < 3 {
		t.Fatalf("%d lines, %d anchors", len(lines), len(anchors))
	}
	without := func(from, to int) func([]string) []string {
		return func(all []string) []string { return slices.Delete(all, from, to) }
	}
	for name, test := range map[string]struct {
		change func([]string) []string
		want   string // empty: it is whole
	}{
		"nothing":    {func(all []string) []string { return all }, ""},
		"two chains": {func(all []string) []string { return append(all, other...) }, ""},
		"a letter":   {func(all []string) []string { all[3] = strings.Replace(all[3], "bob", "eve", 1); return all }, "record 4 was changed"},
		"the hash": {func(all []string) []string {
			all[3] = all[3][:len(all[3])-66] + strings.Repeat("0", 64) + `"}`
			return all
		}, "record 4 was changed"},
		"a field more":     {func(all []string) []string { all[3] = strings.Replace(all[3], `{`, `{"x":1,`, 1); return all }, "record 4 was changed"},
		"one missing":      {without(3, 4), "the records 4 to 4 are missing"},
		"several missing":  {without(2, 6), "the records 3 to 6 are missing"},
		"the first":        {without(0, 1), "the records 1 to 1 are missing"},
		"the end":          {without(6, 8), "is missing, and an anchor knows it"},
		"all":              {without(0, 8), "is missing, and an anchor knows it"},
		"twice":            {func(all []string) []string { return slices.Insert(all, 4, all[3]) }, "record 4 comes again"},
		"another order":    {func(all []string) []string { all[3], all[4] = all[4], all[3]; return all }, "missing"},
		"no record":        {func(all []string) []string { return slices.Insert(all, 4, "{}") }, "no record"},
		"a chain made new": {func([]string) []string { return forged }, "record 1 was changed, or its hash is under another key"},
	} {
		changed := &shelf{lines: test.change(slices.Clone(lines))}
		v, err := audit.Verify(t.Context(), changed, [][]byte{chainKey}, anchors...)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(v.Problems, "\n"); (test.want == "") != v.OK() || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestVerifyTakesOldKeys(t *testing.T) {
	lines, anchors := aTrail(t, chainKey)
	newKey := bytes.Repeat([]byte("n"), 32)
	later, _ := aTrail(t, newKey)
	both := &shelf{lines: append(lines, later...)}
	v, err := audit.Verify(t.Context(), both, [][]byte{newKey, chainKey}, anchors...)
	if err != nil || !v.OK() || len(v.Chains) != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	v, err = audit.Verify(t.Context(), both, [][]byte{newKey})
	if err != nil || v.OK() {
		t.Errorf("%+v, %v without the old key", v, err)
	}
}

func TestEachDayHasAChain(t *testing.T) {
	var anchors []audit.Anchor
	keep := func(a audit.Anchor) { anchors = append(anchors, a) }
	inDesk(t, func(c *audit.Config) { c.ChainKey, c.Anchor = chainKey, keep }, func(t *testing.T, d *desk) {
		for range 4 {
			d.view("bob", office, 40)
			time.Sleep(47 * time.Hour) // so that every other day nothing happens
		}
		d.close(t)
		verify := func(anchors ...audit.Anchor) *audit.Verification {
			v, err := audit.Verify(t.Context(), d.shelf, [][]byte{chainKey}, anchors...)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		whole := verify(anchors...)
		if !whole.OK() || len(whole.Chains) != 8 {
			t.Fatalf("%+v", whole)
		}
		lines := slices.Clone(d.shelf.lines)
		without := func(numbers ...int) {
			d.shelf.lines = nil
			for _, line := range lines {
				r, err := audit.ParseLine(line)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(numbers, func(n int) bool { return whole.Chains[n].Chain == r.Chain }) {
					d.shelf.lines = append(d.shelf.lines, line)
				}
			}
		}
		without(0, 1)
		if v := verify(); !v.OK() {
			t.Errorf("chains that have expired: %q", v.Problems)
		}
		without(3)
		if v := verify(); len(v.Problems) != 1 || !strings.Contains(v.Problems[0], whole.Chains[3].Chain+" is missing") {
			t.Errorf("a chain in the middle: %q", v.Problems)
		}
		without(7)
		if v := verify(anchors...); v.OK() {
			t.Error("the newest chain is missing, and anchors did not find it")
		}
		d.shelf.lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
			r, _ := audit.ParseLine(line)
			return r.Chain == whole.Chains[3].Chain && r.Number >= 3 || r.Kind == audit.TrailClosed && r.Chain == whole.Chains[3].Chain
		})
		if v := verify(); len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "the end is missing") {
			t.Errorf("an end in the middle: %q", v.Problems)
		}
		d.shelf.lines = lines
	})
}

func TestAnchorIsInTheLog(t *testing.T) {
	inDesk(t, nil, func(t *testing.T, d *desk) {
		d.Listen(event.Event{ID: "1", Time: time.Now(), Kind: event.SignedIn})
		time.Sleep(5 * time.Hour)
		if n := strings.Count(d.log.String(), "audit anchor"); n != 1 {
			t.Errorf("%d anchors for one record", n)
		}
	})
}
