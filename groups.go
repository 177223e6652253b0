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
	names := namedGroups(policy)
	changed := keeper.KeepGroups(names)
	if watcher, ok := policy.(access.Watcher); ok && names != nil {
		stop = watcher.Watch(changed)
	}
	return stop
}

// namedGroups returns what asks the policy which groups it names, or nil for a policy that cannot say.
func namedGroups(policy access.Policy) func() []string {
	namer, ok := policy.(access.GroupNamer)
	if !ok {
		return nil
	}
	if _, known := namer.NamedGroups(policy); !known {
		return nil
	}
	return func() []string {
		groups, _ := namer.NamedGroups(policy)
		return groups
	}
}
