package named

import (
	"crypto/sha256"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

// maxPrints is how many groups are remembered one by one. If more are left out, the session is one to renew
// whenever the set has changed.
const maxPrints = 256

// A fingerprint tells groups apart, but for one pair in 16 million.
type fingerprint [printLength]byte

const printLength = 3

func printOf(key string) fingerprint {
	sum := sha256.Sum256([]byte(key))
	return fingerprint(sum[:printLength])
}

// Rest is what a session remembers of the groups that it leaves out. The zero Rest is that of a session with
// all groups of its user.
type Rest struct {
	Count int // of the groups

	set    string // of which [Set] they are not
	prints string // of the groups, one after the other; empty if there are too many
}

// rest returns the Rest of groups, by their spelling keys.
func (s *Set) rest(keys []string) Rest {
	if len(keys) == 0 {
		return Rest{}
	}
	r := Rest{Count: len(keys), set: s.id}
	if len(keys) > maxPrints {
		return r
	}
	for _, key := range keys {
		p := printOf(key)
		r.prints += string(p[:])
	}
	return r
}

// Lacks reports whether set may have one of the groups in r: the user may be in a group that has been named
// since. It is false for the set that r was made with.
func (r Rest) Lacks(set *Set) bool {
	switch {
	case r.Count == 0 || r.set == set.id:
		return false
	case set.all || r.prints == "":
		return true
	}
	for i := 0; i < len(r.prints); i += printLength {
		if set.prints[fingerprint([]byte(r.prints[i:i+printLength]))] {
			return true
		}
	}
	return false
}

// SameSet reports whether r and other were made with the same set.
func (r Rest) SameSet(other Rest) bool { return r.set == other.set }

// AppendTo appends r for [ReadRest].
func (r Rest) AppendTo(b []byte) []byte {
	b = sealed.AppendNumber(b, int64(r.Count))
	if r.Count == 0 {
		return b
	}
	return sealed.AppendText(sealed.AppendText(b, r.set), r.prints)
}

// ReadRest reads what AppendTo wrote. Anything else fails f.
func ReadRest(f *sealed.Fields) (r Rest) {
	r.Count = int(f.Number())
	if r.Count == 0 {
		return Rest{}
	}
	r.set, r.prints = f.Text(), f.Text()
	complete := r.prints == "" || len(r.prints) == r.Count*printLength
	if r.Count < 0 || len(r.set) != idLength || !complete {
		f.Fail()
		return Rest{}
	}
	return r
}
