package resolve

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"github.com/go-pme/pme/access/selector"
)

// again is when a look that has failed is repeated.
const again = 30 * time.Second

// cycle looks once, puts what it has found in force, and returns when to look next.
func (r *Resolver) cycle() time.Duration {
	selectors := r.selectors()
	if len(selectors) == 0 {
		r.last, r.found = nil, nil
		r.well.Well()
		return r.cfg.Every
	}
	f, err := r.look(r.ctx, selectors)
	switch {
	case r.ctx.Err() != nil: // closed
	case err != nil:
		r.failed(selectors, err)
		return again
	default:
		return r.succeeded(selectors, f)
	}
	return r.cfg.Every
}

func (r *Resolver) failed(selectors []selector.Selector, err error) {
	r.well.Degraded(healthLook)
	if r.isNew(err.Error()) {
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelError,
			"the spaces of the allow-list cannot be looked up; the last good answer stays in force", slog.Any("error", err))
	}
	r.force(failed(r.last, selectors, err.Error()))
}

func (r *Resolver) succeeded(selectors []selector.Selector, f *finding) time.Duration {
	if f.folders != nil {
		r.well.Degraded(healthFolders)
		r.noFolders(f.folders)
	} else {
		r.well.Well()
		r.again()
	}
	r.found = f
	next, missing := merge(r.last, f, selectors, r.suspects)
	r.suspects = missing
	r.force(next)
	r.keep(next)
	if len(missing) > 0 {
		return second
	}
	return r.cfg.Every
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
	r.force(next)
	return look
}

// force puts a resolution in force, unless it is in force already, and logs what has changed.
func (r *Resolver) force(next selector.Resolution) {
	if maps.EqualFunc(r.last, next, equal) {
		return
	}
	r.report(next)
	r.last = next
	r.policy.Resolve(next)
}

// isNew reports whether the last look had another problem, or none, and notes this one.
func (r *Resolver) isNew(problem string) bool {
	last := r.problem
	r.problem = problem
	return problem != last
}

func (r *Resolver) noFolders(err error) {
	if r.isNew(err.Error()) {
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelError,
			"Matterport does not tell the folders that the allow-list names; "+
				"use internalId or address instead, or ask Matterport for the right to read folders", slog.Any("error", err))
	}
}

func (r *Resolver) again() {
	if r.isNew("") {
		r.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "the spaces of the allow-list are looked up again")
	}
}

// report logs what changes with the next resolution.
func (r *Resolver) report(next selector.Resolution) {
	for s, now := range next {
		old := r.last[s]
		if now.Problem != "" && now.Problem != old.Problem && now.Known() {
			r.cfg.Logger.LogAttrs(context.Background(), slog.LevelWarn, "selector of the allow-list has a problem",
				slog.String("selector", s.String()), slog.String("problem", now.Problem))
		}
		if gained, lost := len(without(now.Models, old.Models)), len(without(old.Models, now.Models)); gained+lost > 0 {
			r.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "selector of the allow-list stands for other spaces",
				slog.String("selector", s.String()), slog.Int("models", len(now.Models)), slog.Int("gained", gained), slog.Int("lost", lost))
		}
	}
}
