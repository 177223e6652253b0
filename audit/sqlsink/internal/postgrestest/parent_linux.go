package postgrestest

import "syscall"

// endWithParent lets the server end also where the tests have no time to do it, because they are killed.
func endWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
