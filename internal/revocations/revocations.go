// Package revocations tells package handler that tokens of a user were revoked, or that the policy has changed,
// without a method for it among those of an issuer that every application sees. It tells package accounts the same of
// connections: what is said of models here is true of the IDs of connections there.
//
// An issuer embeds a [Counter]. The methods of a Counter are not exported, so the issuer exports none of
// them, and this package alone can call them.
package revocations

import (
	"hash/fnv"
	"io"
	"sync/atomic"
)

// A Counter counts the revocations of each user. It counts users in groups, so that it does not grow with
// their number. The zero value is ready for use, and must not be copied. It is safe for concurrent use.
type Counter struct {
	all    atomic.Uint64
	groups [1024]atomic.Uint64

	audience audience
}

// Counted is a [Counter], or whatever embeds one: an issuer, or connections.
type Counted interface{ counter() *Counter }

// Of returns a number that changes, in this process, whenever tokens of the user were revoked: a token that
// was handed out at another number may be revoked by now. It may also change for no reason.
func Of(c Counted, user string) uint64 {
	n := c.counter()
	return n.all.Load() + n.of(user).Load()
}

// Add counts a revocation of tokens of the user; the empty ID stands for all users.
func Add(c *Counter, user string) {
	if user == "" {
		c.all.Add(1)
		return
	}
	c.of(user).Add(1)
}

func (c *Counter) counter() *Counter { return c }

func (c *Counter) of(user string) *atomic.Uint64 {
	h := fnv.New32a()
	_, _ = io.WriteString(h, user)
	return &c.groups[h.Sum32()%uint32(len(c.groups))]
}
