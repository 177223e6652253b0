package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
)

// Groups reads users' groups out of what a provider says of them. It warns of settings that can hardly be
// meant. It is safe for concurrent use, and must not be copied.
type Groups struct {
	// Claim says where the groups are: the name of a claim, or a path such as realm_access.roles. Names in
	// a path may have dots in them.
	Claim string

	// Format says how the groups are written; see [CheckGroupsFormat].
	Format string

	// Expected reports whether a claim that no user has is worth a warning.
	Expected func() bool

	Logger *slog.Logger

	found, warned, warnedOfText atomic.Bool
}

// ErrGroups is the error for a claim that is not written in the Format.
var ErrGroups = errors.New("the claim with the groups is not written as GroupsFormat says")

// Of returns the groups of the first of the documents that has any. If a group is not text, it is left out, and the
// log says so. The error is [ErrGroups]: which groups the user is in cannot be told.
func (g *Groups) Of(ctx context.Context, documents ...map[string]any) ([]string, error) {
	for _, d := range documents {
		value, ok := find(d, g.Claim)
		if !ok {
			continue
		}
		g.found.Store(true)
		r := reading{format: g.Format}
		r.read(value)
		g.report(ctx, value, &r)
		if r.unreadable {
			return nil, fmt.Errorf("%w: it is %s", ErrGroups, kindOf(value))
		}
		return r.names, nil
	}
	g.reportMissing(ctx, documents)
	return nil, nil
}

// Has reports whether the claims have groups, or say that there are none.
func (g *Groups) Has(claims map[string]any) bool {
	_, ok := find(claims, g.Claim)
	return ok
}

// AreElsewhere reports whether the provider says that it has left the groups out of the claims because they are
// too many: by hasgroups, or by _claim_names (OpenID Connect Core 1.0 §5.6.2).
func (g *Groups) AreElsewhere(claims map[string]any) bool {
	if has := claims["hasgroups"]; has == true || has == "true" {
		g.found.Store(true)
		return true
	}
	elsewhere, _ := claims["_claim_names"].(map[string]any)
	for name := range prefixes(g.Claim) {
		if _, ok := elsewhere[name]; ok {
			g.found.Store(true)
			return true
		}
	}
	return false
}

// report says what of a claim cannot be used. It quotes no values.
func (g *Groups) report(ctx context.Context, value any, r *reading) {
	if len(r.odd) > 0 {
		g.Logger.WarnContext(ctx, "groups left out, as they are not text",
			slog.String("groups_claim", g.Claim), slog.Int("groups", len(r.odd)), slog.Any("kinds", slices.Compact(slices.Sorted(slices.Values(r.odd)))))
	}
	if text, ok := value.(string); ok && g.Format == "" && looksLikeJSON(text) && !g.warnedOfText.Swap(true) {
		g.Logger.WarnContext(ctx, "the groups are one text that looks like JSON: set GroupsFormat to json", slog.String("groups_claim", g.Claim))
	}
}

// reportMissing warns once if no user has had the claim so far.
func (g *Groups) reportMissing(ctx context.Context, documents []map[string]any) {
	if g.found.Load() || !g.Expected() || g.warned.Swap(true) {
		return
	}
	const most = 40
	names := make(map[string]bool)
	for _, d := range documents {
		for name := range d {
			names[fmt.Sprintf("%.100s", name)] = true
		}
	}
	claims := slices.Sorted(maps.Keys(names))
	g.Logger.WarnContext(ctx, "no user so far has the claim with the groups: compare GroupsClaim with the claims that there are",
		slog.String("groups_claim", g.Claim), slog.Any("claims", claims[:min(len(claims), most)]))
}

// find returns the value at the path. Of several ways to divide the path into names, the one with the longer
// name first is taken, then with the longer second, and so on.
func find(object map[string]any, path string) (any, bool) {
	for name := range prefixes(path) {
		value, ok := object[name]
		if !ok {
			continue
		}
		if name == path {
			return value, true
		}
		inner, _ := value.(map[string]any)
		if found, ok := find(inner, path[len(name)+1:]); ok {
			return found, true
		}
	}
	return nil, false
}

// prefixes yields the path and what is before each of its dots, the longest first.
func prefixes(path string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name, more := path, true; more; {
			if !yield(name) {
				return
			}
			end := strings.LastIndexByte(name, '.')
			if more = end >= 0; more {
				name = name[:end]
			}
		}
	}
}
