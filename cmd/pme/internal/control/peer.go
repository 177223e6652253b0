package control

import (
	"fmt"
	"os/user"
	"strconv"
	"strings"
	"unicode"
)

// A peer is the process at the other end of a connection, as the kernel knows it.
type peer struct {
	uid uint32
	pid int32
}

// by names the user in an event.
func (p peer) by() string {
	id := strconv.FormatUint(uint64(p.uid), 10)
	u, err := user.LookupId(id)
	if err != nil || u.Username == "" || strings.ContainsFunc(u.Username, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return "uid " + id
	}
	return fmt.Sprintf("uid %s (%s)", id, u.Username)
}

// unknown names an operator of whom the system does not tell more.
const unknown = "an operator on this machine"
