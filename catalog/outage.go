package catalog

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/matterport"
)

// An outage says why Matterport does not list the account's models.
type outage int

const (
	none     outage = iota
	notAsked        // it has not answered yet
	failing         // it does not answer; that can pass by itself
	refusing        // it refuses this application, or is not understood
)

// lasts reports whether there is no answer.
func (o outage) lasts() bool { return o != none }

func outageOf(err error) outage {
	for _, passing := range []error{matterport.ErrUnavailable, matterport.ErrRateLimited, matterport.ErrClosed, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, passing) {
			return failing
		}
	}
	return refusing
}

// remedies say what the operator can do.
var remedies = map[outage]string{
	failing:  "people see IDs for names until Matterport answers; check that this machine reaches its API",
	refusing: "people see IDs for names; check the client ID and the client secret, and what the application may do in Matterport's settings",
}

// tell logs that an outage has begun, has another reason, or is over. It logs each change once, not each failed
// attempt.
func (a *account) tell(ctx context.Context, before, now outage, err error) {
	switch {
	case now == before:
	case now != none:
		a.cfg.Logger.LogAttrs(ctx, slog.LevelWarn, "models not listed", slog.String("remedy", remedies[now]), slog.Any("error", err))
	case before != notAsked:
		a.cfg.Logger.LogAttrs(ctx, slog.LevelInfo, "models listed again")
	}
}
