package issuer

import (
	"hash/fnv"
	"io"
	"sync/atomic"
)

// Revocations is a number that changes, in this process, whenever a token of the user is taken back: what
// was handed out at another count may be dead by now. It may also change for no reason.
func (i *Issuer) Revocations(user string) uint64 {
	return i.revocations.everybody.Load() + i.revocations.of(user).Load()
}

// revocations counts for people in groups, so that it does not grow with them.
type revocations struct {
	everybody atomic.Uint64
	groups    [1024]atomic.Uint64
}

func (r *revocations) of(user string) *atomic.Uint64 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, user)
	return &r.groups[h.Sum32()%uint32(len(r.groups))]
}

func (r *revocations) count(user string) {
	if user == "" {
		r.everybody.Add(1)
		return
	}
	r.of(user).Add(1)
}
