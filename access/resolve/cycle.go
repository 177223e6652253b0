package resolve

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/matterport"
)

// again is when a look that has failed is repeated, unless Matterport asks for more time, of which mostRetry is granted.
const (
	again     = 30 * time.Second
	mostRetry = time.Hour
)

// cycle looks once, puts what it has found in force, and returns when to look next.
func (r *Resolver) cycle() time.Duration {
	selectors := r.selectors()
	if len(selectors) == 0 {
		r.last, r.found, r.suspects = nil, nil, nil
		r.well.Well()
		return r.cfg.Every
	}
	f, err := r.look(r.ctx, selectors)
	switch {
	case r.ctx.Err() != nil: // closed
	case err != nil:
		r.failed(selectors, err)
		return max(again, retryAfter(err))
	default:
		return r.succeeded(selectors, f)
	}
	return r.cfg.Every
}

func (r *Resolver) failed(selectors []selector.Selector, err error) {
	r.well.Degraded(healthLook)
	if kind := kindOf(err); kind != r.looking {
		r.looking = kind
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelError,
			"the spaces of the allow-list cannot be looked up; the last good answer stays in force", slog.Any("error", err))
	}
	r.force(failed(r.last, selectors, err.Error()))
}

func (r *Resolver) succeeded(selectors []selector.Selector, f *finding) time.Duration {
	if f.folders != nil {
		r.well.Degraded(healthFolders)
	} else {
		r.well.Well()
	}
	r.tellFolders(f.folders)
	r.tellWell()
	next, missing := merge(r.last, f, selectors, r.confirmed(f.at))
	r.found, r.suspects = f, missing
	r.report(next)
	r.force(next)
	r.keep(next)
	if len(missing) > 0 {
		return second
	}
	return r.cfg.Every
}

// confirmed returns the models that were missing in a look long enough ago that this one is the second.
func (r *Resolver) confirmed(at time.Time) suspects {
	if r.found == nil || at.Sub(r.found.at) < second {
		return nil
	}
	return r.suspects
}

// adopt resolves new selectors from the last look. It returns true if another look is needed for them.
func (r *Resolver) adopt() (look bool) {
	selectors := r.selectors()
	next := make(selector.Resolution, len(selectors))
	for _, s := range selectors {
		old, known := r.last[s]
		switch fresh := r.found != nil && r.now().Sub(r.found.at) < r.cfg.Every; {
		case known:
			next[s] = old
		case !fresh || s.Folder != "" && len(r.found.account.folders) == 0:
			look = true
		default:
			result := r.found.account.match(s)
			result.At = r.found.at
			next[s] = result
		}
	}
	r.report(next)
	r.force(next)
	return look
}

// force puts a resolution in force, unless it is in force already.
func (r *Resolver) force(next selector.Resolution) {
	if maps.EqualFunc(r.last, next, equal) {
		return
	}
	r.last = next
	r.policy.Resolve(next)
}

// retryAfter is how long Matterport asks to wait.
func retryAfter(err error) time.Duration {
	var api *matterport.Error
	if errors.As(err, &api) {
		return min(api.RetryAfter, mostRetry)
	}
	return 0
}

// kindOf returns what kind of error it is, without what differs from one to the next. One kind is logged once.
func kindOf(err error) string {
	for _, kind := range []error{
		errIncomplete, matterport.ErrRateLimited, matterport.ErrUnauthorized, matterport.ErrUnavailable, matterport.ErrMalformed,
		matterport.ErrInvalid, matterport.ErrNotFound,
	} {
		if errors.Is(err, kind) {
			return kind.Error()
		}
	}
	return "another"
}

// tellFolders logs that folders are refused, once.
func (r *Resolver) tellFolders(err error) {
	refused := r.refused
	r.refused = err != nil
	if r.refused && !refused {
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelError,
			"Matterport does not tell the folders that the allow-list names; "+
				"use internalId or address instead, or ask Matterport for the right to read folders", slog.Any("error", err))
	}
}

// tellWell logs that looks succeed again.
func (r *Resolver) tellWell() {
	if r.looking != "" {
		r.looking = ""
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "the spaces of the allow-list are looked up again")
	}
}

// report logs what changes with the next resolution. What a look that fails says of each selector is in explanations only.
func (r *Resolver) report(next selector.Resolution) {
	for s, now := range next {
		old := r.last[s]
		if now.Problem != "" && now.Problem != old.Problem && now.At.After(old.At) {
			r.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "selector of the allow-list has a problem",
				slog.String("selector", s.String()), slog.String("problem", now.Problem))
		}
		if gained, lost := len(without(now.Models, old.Models)), len(without(old.Models, now.Models)); gained+lost > 0 {
			r.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "selector of the allow-list stands for other spaces",
				slog.String("selector", s.String()), slog.Int("models", len(now.Models)), slog.Int("gained", gained), slog.Int("lost", lost))
		}
	}
}
