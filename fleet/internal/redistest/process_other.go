//go:build unix && !linux

package redistest

import "syscall"

// endWithParent does nothing: only Linux has a parent-death signal. tb.Cleanup ends the servers.
func endWithParent(*syscall.SysProcAttr) {}

// stopped believes that SIGSTOP takes effect at once.
func (*process) stopped() error { return nil }
