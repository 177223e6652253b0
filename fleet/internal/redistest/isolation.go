//go:build unix

package redistest

import "testing"

// CutReplication keeps the replica from everything that the primary writes from now on. A fail-over within the next 5 s loses
// that: later the sentinels regard the replica as too old. The end is [Sentinel.Rejoin].
func (s *Sentinel) CutReplication(tb testing.TB) {
	tb.Helper()
	s.Primary(tb).lockOut(tb, replicator)
}

// IsolatePrimary keeps the replica and the sentinels from the primary, which goes on serving its clients, and returns it. The
// sentinels make the replica the primary, and there are two until [Sentinel.Rejoin]. The default user needs a password, or has
// to be disabled: the sentinels would use it.
func (s *Sentinel) IsolatePrimary(tb testing.TB) (isolated *Server) {
	tb.Helper()
	isolated = s.Primary(tb)
	isolated.lockOut(tb, replicator)
	isolated.lockOut(tb, watcher)
	return isolated
}

// Rejoin ends what CutReplication or IsolatePrimary did to a server.
func (s *Sentinel) Rejoin(tb testing.TB, isolated *Server) {
	tb.Helper()
	isolated.do(tb, "ACL", "SETUSER", replicator, "on")
	isolated.do(tb, "ACL", "SETUSER", watcher, "on")
	for _, each := range s.sentinels {
		if each.current().running() {
			// A sentinel keeps a connection on which it failed to authenticate. To set the password drops it.
			each.do(tb, "SENTINEL", "SET", MasterName, "auth-pass", s.setup.adminPassword)
		}
	}
}

// lockOut disables a user and ends its connections.
func (s *Server) lockOut(tb testing.TB, user string) {
	tb.Helper()
	s.do(tb, "ACL", "SETUSER", user, "off")
	s.do(tb, "CLIENT", "KILL", "USER", user)
}
