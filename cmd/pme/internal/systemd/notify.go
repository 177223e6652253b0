// Package systemd tells the service manager what the process is doing, as sd_notify does.
package systemd

import (
	"context"
	"fmt"
	"net"
	"strings"
)

// States of a service of Type=notify.
const (
	Ready     = "READY=1"
	Reloading = "RELOADING=1"
	Stopping  = "STOPPING=1"
)

// Notify sends the states to the socket that NOTIFY_SOCKET names, in one datagram. Without that variable it does nothing. It does NOT
// remove the variable: a process that this one starts would have it too.
func Notify(ctx context.Context, env func(string) (string, bool), states ...string) error {
	name, _ := env("NOTIFY_SOCKET")
	if name == "" {
		return nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", name) // a name that begins with @ is abstract
	if err != nil {
		return fmt.Errorf("systemd: NOTIFY_SOCKET: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte(strings.Join(states, "\n"))); err != nil {
		return fmt.Errorf("systemd: NOTIFY_SOCKET: %w", err)
	}
	return nil
}
