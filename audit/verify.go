package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Verification is the result of [Verify].
type Verification struct {
	Chains   []ChainState
	Problems []string // sentences for the operator; none if the trail is whole
}

// OK reports whether nothing is wrong.
func (v *Verification) OK() bool { return len(v.Problems) == 0 }

// A ChainState is what was seen of a chain.
type ChainState struct {
	Chain       string
	From, To    time.Time // of the first record and the last
	First, Last int64     // their numbers
	Closed      bool      // the process has ended in order; otherwise it runs, or has crashed, or the end was cut off
}

// Verify reads all records and reports what was changed, removed or added. keys are the ChainKeys that are or were in use;
// without one, the hashes have none. anchors are some that were kept elsewhere: see [Anchor].
//
// Anchors from before what has expired are passed over. Without anchors it does NOT find that the newest chain of a process is
// missing, or its end, or all chains of one run of a process. Without keys it does not find a chain
// that was made anew by someone who can write to the sink. The error is that of the reader, or of ctx.
func Verify(ctx context.Context, from Reader, keys [][]byte, anchors ...Anchor) (*Verification, error) {
	v := &verifier{keys: keys, chains: make(map[string]*seen), anchors: make(map[place][]Anchor)}
	if len(keys) == 0 {
		v.keys = [][]byte{nil}
	}
	for _, a := range anchors {
		at := place{a.Chain, a.Number}
		v.anchors[at] = append(v.anchors[at], a)
	}
	for r, err := range from.Records(ctx, Query{}) {
		switch {
		case errors.Is(err, ErrLine):
			v.problem("%v", err)
		case err != nil:
			return nil, fmt.Errorf("audit: the records cannot be read: %w", err)
		default:
			v.check(&r)
		}
	}
	return v.result(), nil
}

type place struct {
	chain  string
	number int64
}

// seen is a chain up to its last record.
type seen struct {
	ChainState
	key     []byte
	hash    string
	after   string // the chain that it goes on from, whose last record has the hash follows
	follows string
}

type verifier struct {
	keys     [][]byte
	chains   map[string]*seen
	anchors  map[place][]Anchor
	expired  time.Time // what is older was deleted
	problems []string
}

func (v *verifier) problem(format string, args ...any) {
	v.problems = append(v.problems, fmt.Sprintf(format, args...))
}

// check compares a record with what was seen of its chain.
func (v *verifier) check(r *Record) {
	body, sum, ok := split(r.Line())
	key, known := v.keyOf(body, sum)
	if !ok || !known {
		v.problem("chain %s: record %d was changed, or its hash is under another key", r.Chain, r.Number)
		sum = "" // what follows is not compared with it
	}
	c := v.chains[r.Chain]
	switch {
	case c == nil:
		c = &seen{ChainState: ChainState{Chain: r.Chain, From: r.Time, First: r.Number}, after: r.After, follows: r.Previous}
		v.chains[r.Chain] = c
		if r.Number > 1 {
			v.problem("chain %s: the records 1 to %d are missing", r.Chain, r.Number-1)
		}
	case r.Number <= c.Last:
		v.problem("chain %s: record %d comes again after record %d", r.Chain, r.Number, c.Last)
		return
	case r.Number > c.Last+1:
		v.problem("chain %s: the records %d to %d are missing", r.Chain, c.Last+1, r.Number-1)
	case c.hash != "" && r.Previous != c.hash:
		v.problem("chain %s: record %d does not follow record %d", r.Chain, r.Number, c.Last)
	case known && c.hash != "" && string(key) != string(c.key):
		v.problem("chain %s: record %d is under another key than record %d", r.Chain, r.Number, c.Last)
	}
	c.To, c.Last, c.Closed, c.hash, c.key = r.Time, r.Number, r.Kind == TrailClosed, sum, key
	if r.Kind == RecordsExpired && r.Until.After(v.expired) {
		v.expired = r.Until
	}
	v.compare(place{r.Chain, r.Number}, sum)
}

// keyOf returns the key under which the beginning of a line has that hash.
func (v *verifier) keyOf(body, sum string) (key []byte, ok bool) {
	for _, key := range v.keys {
		if sum != "" && hashOf(key, body) == sum {
			return key, true
		}
	}
	return nil, false
}

// compare compares a hash with the anchors of its place.
func (v *verifier) compare(at place, sum string) {
	for _, a := range v.anchors[at] {
		if a.Hash != sum {
			v.problem("chain %s: record %d is not the one of the anchor of %s", at.chain, at.number, a.Time.UTC().Format(time.RFC3339))
		}
	}
	delete(v.anchors, at)
}

func (v *verifier) result() *Verification {
	out := &Verification{}
	var oldest time.Time // the newest record of the chain that would expire first
	for _, c := range v.chains {
		out.Chains = append(out.Chains, c.ChainState)
		if oldest.IsZero() || c.To.Before(oldest) {
			oldest = c.To
		}
	}
	slices.SortFunc(out.Chains, func(a, b ChainState) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Chain, b.Chain))
	})
	for _, c := range out.Chains {
		v.link(v.chains[c.Chain], oldest)
	}
	v.lost()
	out.Problems = v.problems
	return out
}

// link compares the beginning of a chain with the end of the one that it goes on from. Chains expire in the order of their ends:
// one that is missing although an older one is there has not expired.
func (v *verifier) link(c *seen, oldest time.Time) {
	before := v.chains[c.after]
	switch {
	case c.after == "":
	case before != nil && before.hash != c.follows:
		v.problem("chain %s: the end is missing: chain %s goes on from another record", c.after, c.Chain)
	case before == nil && oldest.Before(c.From):
		v.problem("chain %s is missing: chain %s goes on from it, and there are older ones", c.after, c.Chain)
	}
}

// lost reports the anchors whose records were not seen.
func (v *verifier) lost() {
	var lost []place
	for at, anchors := range v.anchors {
		if !anchors[0].Time.Before(v.expired) {
			lost = append(lost, at)
		}
	}
	slices.SortFunc(lost, func(a, b place) int { return cmp.Or(cmp.Compare(a.chain, b.chain), cmp.Compare(a.number, b.number)) })
	for _, at := range lost {
		v.problem("chain %s: record %d is missing, and an anchor knows it", at.chain, at.number)
	}
}
