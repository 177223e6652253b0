package pme

import (
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/middleware"
)

// keepGroups tells an Authenticator that keeps the groups of its users which of them the policy names, now and
// after each change. stop ends that.
func keepGroups(authenticate Authenticator, policy access.Policy) (stop func()) {
	stop = func() {}
	keeper, ok := authenticate.(middleware.GroupKeeper)
	if !ok {
		return stop
	}
	var names func() []string // nil: all groups
	if namer, ok := policy.(access.GroupNamer); ok {
		names = namer.NamedGroups
	}
	changed := keeper.KeepGroups(names)
	if watcher, ok := policy.(access.Watcher); ok && names != nil {
		stop = watcher.Watch(changed)
	}
	return stop
}
