package control

import (
	"net"
	"syscall"
)

const peersAreKnown = true

// peerOf asks the kernel who is at the other end (SO_PEERCRED, unix(7)).
func peerOf(conn net.Conn) (p peer, ok bool) {
	c, ok := conn.(*net.UnixConn)
	if !ok {
		return peer{}, false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return peer{}, false
	}
	var cred *syscall.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		cred, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	})
	if err != nil || failed != nil {
		return peer{}, false
	}
	return peer{uid: cred.Uid, pid: cred.Pid}, true
}
