package issuer

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/internal/flight"
	"github.com/go-pme/pme/issuer/store"
)

// left returns the remaining life of e, at most the life that a token is minted for. While Matterport's time is
// unknown, it is zero.
func (i *Issuer) left(e *store.Entry) (left time.Duration, known bool) {
	now, known := i.cfg.Matterport.ServerTime()
	if !known {
		return 0, false
	}
	return min(e.ValidUntil.Sub(now), i.cfg.ValidFor), true
}

// mostLeft is the longest that e can still live, even if the clock used here runs ahead.
func (i *Issuer) mostLeft(e *store.Entry) time.Duration {
	now, _ := i.cfg.Matterport.ServerTime()
	return min(max(e.ValidUntil.Sub(now), i.cfg.ValidFor), maxValidFor)
}

// theTime returns the time at Matterport. While that is unknown, it is the time of this machine.
func (i *Issuer) theTime() time.Time {
	if now, known := i.cfg.Matterport.ServerTime(); known {
		return now
	}
	return i.clock()
}

// learnTime asks Matterport for its time, for a process that has just started and finds a stored token. If that
// fails, the token counts as expired.
func (i *Issuer) learnTime(ctx context.Context, key store.Key) bool {
	err := i.learn(ctx)
	if err != nil {
		i.log.LogAttrs(ctx, slog.LevelWarn, "stored token not reused: the time at Matterport is not known",
			slog.String("user", key.User), slog.Any("error", err))
	}
	return err == nil
}

// learn asks Matterport for its time, once for all callers.
func (i *Issuer) learn(ctx context.Context) error {
	learned := i.flights.Do("the time", i.cfg.MintTimeout, i.cfg.Matterport.LearnServerTime)
	_, err := flight.Wait(ctx, learned, 0)
	return err
}
