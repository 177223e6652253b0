package connect

import (
	"cmp"
	"errors"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// maxQuiet bounds for how long one answer of Matterport can keep a connection from being used.
const maxQuiet = 10 * time.Minute

// limited is what Matterport limits of a connection: its renewals, or the calls in its name.
type limited struct {
	store.Key
	calls bool
}

var errQuiet = errors.New("no call is made, as Matterport has asked for none for a while")

// quietly fails while Matterport has asked for no calls, before the user's budget is spent.
func (c *Connections) quietly(l limited) error {
	if left := c.quiet.Left(l); left > 0 {
		return &Error{Kind: ErrUnavailable, RetryAfter: left, Err: errQuiet}
	}
	return nil
}

// heed takes in what an error says about further calls. A limit that does not say how long it lasts holds as long as
// callers are told to wait.
func (c *Connections) heed(l limited, err error) {
	var api *matterport.Error
	switch {
	case !errors.As(err, &api):
	case errors.Is(err, matterport.ErrRateLimited):
		c.quiet.Keep(l, cmp.Or(api.RetryAfter, retryUnavailable))
	case api.Status != 0:
		c.quiet.Keep(l, api.RetryAfter)
	}
}
