//go:build unix && !linux

package servertest

import "syscall"

func endWithParent(*syscall.SysProcAttr) {}
