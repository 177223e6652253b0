//go:build unix && !linux

package postgrestest

import "syscall"

// endWithParent does nothing: there is no way to tell.
func endWithParent(*syscall.SysProcAttr) {}
