package servertest

import "syscall"

// endWithParent has a server end also if the tests are killed.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
