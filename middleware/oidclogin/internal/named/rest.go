package named

import (
	"crypto/sha256"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

// maxDigests is how many groups are remembered one by one. If more are left out, the session is one to renew
// whenever the set has changed.
const maxDigests = 256

// A digest tells groups apart, but for one pair in 16 million.
type digest [3]byte

func digestOf(key string) digest {
	sum := sha256.Sum256([]byte(key))
	return digest(sum[:len(digest{})])
}

// Rest is what a session remembers of the groups that it leaves out. The zero Rest is that of a session with
// all groups of its user.
type Rest struct {
	Count int // of the groups

	set     string // of which [Set] they are not
	digests string // of the groups, one after the other; empty if there are too many
}

// rest returns the Rest of groups, by their spelling keys.
func (s *Set) rest(keys []string) Rest {
	if len(keys) == 0 {
		return Rest{}
	}
	r := Rest{Count: len(keys), set: s.id}
	if len(keys) > maxDigests {
		return r
	}
	for _, key := range keys {
		p := digestOf(key)
		r.digests += string(p[:])
	}
	return r
}

// Lacks reports whether set may have one of the groups in r: the user may be in a group that has been named
// since. It is false for the set that r was made with.
func (r Rest) Lacks(set *Set) bool {
	switch {
	case r.Count == 0 || r.set == set.id:
		return false
	case set.all || r.digests == "":
		return true
	}
	for i := 0; i < len(r.digests); i += len(digest{}) {
		if set.digests[digest([]byte(r.digests[i:i+len(digest{})]))] {
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
	return sealed.AppendText(sealed.AppendText(b, r.set), r.digests)
}

// ReadRest reads what AppendTo wrote. Anything else fails f.
func ReadRest(f *sealed.Fields) (r Rest) {
	r.Count = int(f.Number())
	if r.Count == 0 {
		return Rest{}
	}
	r.set, r.digests = f.Text(), f.Text()
	complete := r.digests == "" || len(r.digests) == r.Count*len(digest{})
	if r.Count < 0 || len(r.set) != idLength || !complete {
		f.Fail()
		return Rest{}
	}
	return r
}
