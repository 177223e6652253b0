package matterport

import (
	"context"
	"log/slog"
	"time"
)

// ServerTime returns the time by Matterport's clock, as learned from the Date header of its answers.
//
// It does not lag that clock by more than five seconds, and may lead it by a second and the duration of
// a request. Only answers that are in one of Matterport's documented shapes teach it, not the page or the
// error of a proxy. That it is later is believed at once. That it is earlier, by more than five seconds,
// is believed when a second answer agrees, ten seconds later or more, and none between them contradicts:
// until then all tokens end too early.
//
// Before the first such answer the time is not known, and now is the local time: then do not judge by it
// what Matterport has dated. [Client.LearnServerTime] makes it known.
func (c *Client) ServerTime() (now time.Time, known bool) { return c.api.clock.read() }

// LearnServerTime makes the time of [Client.ServerTime] known. It returns nil at once if it is.
// Otherwise it fetches the application token, which every other call needs as well: once for however
// many callers, in this method and in others. A caller whose ctx ends leaves at once.
//
// The error is one of a fetch, or [ErrMalformed] if Matterport has answered without a usable Date. The
// next answer that has one heals that; LearnServerTime does not fetch a second application token for it.
func (c *Client) LearnServerTime(ctx context.Context) error {
	if _, known := c.ServerTime(); known {
		return nil
	}
	return c.api.retry(ctx, opAppToken, passing, func() *Error {
		if _, e := c.tokens.get(ctx, opAppToken); e != nil {
			return e
		}
		if _, known := c.ServerTime(); !known {
			return &Error{Op: opAppToken, Message: noTime, Err: ErrMalformed}
		}
		return nil
	})
}

// noTime tells the operator what keeps the time unknown.
const noTime = "the time at Matterport is not known, as its answer had no Date or an Age: " +
	"check BaseURL, and that proxies pass Date on and do not cache"

// ServerTime returns the time by Matterport's clock, as [Client.ServerTime] does. Any call makes it
// known: [OAuthApp.Exchange] and [OAuthApp.Refresh], the calls to the Model API, and their refusals.
func (a *OAuthApp) ServerTime() (now time.Time, known bool) { return a.api.clock.read() }

// learn tells the clock of an answer that was understood, and returns when the request was made.
func (u *upstream) learn(ctx context.Context, op string, a *answer) began {
	b, behind, turned := u.clock.learn(a)
	switch {
	case turned:
		u.log.LogAttrs(ctx, slog.LevelWarn, "matterport clock turned back: answers agree on an earlier time",
			slog.String("op", op), slog.String("by", behind.String()))
	case behind > 0:
		u.log.LogAttrs(ctx, slog.LevelWarn, "matterport answer dated earlier than the clock, not believed yet; "+
			"check this machine's clock, and proxies that change Date", slog.String("op", op), slog.String("by", behind.String()))
	}
	return b
}
