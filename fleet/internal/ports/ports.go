//go:build unix

// Package ports gives out ports of 127.0.0.1 to the servers of tests.
package ports

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// Linux gives ports from 32768 to outgoing connections. A port below stays free while its server is down.
const (
	lowestPort  = 20000
	highestPort = 32767
)

// reserved are the ports of this process' servers and proxies, also of those that are down.
var reserved = struct {
	sync.Mutex
	ports map[int]bool
}{ports: map[int]bool{}}

// Reserve returns a port that is free now. Another process can take it before it is used: the caller tries another then.
func Reserve(tb testing.TB) int {
	tb.Helper()
	for range highestPort - lowestPort {
		port := lowestPort + rand.IntN(highestPort-lowestPort+1) //nolint:gosec // a port is no secret
		if reserve(port) {
			if isFree(tb.Context(), port) {
				tb.Cleanup(func() { release(port) })
				return port
			}
			release(port)
		}
	}
	tb.Fatal("ports: no port is free")
	return 0
}

func reserve(port int) bool {
	reserved.Lock()
	defer reserved.Unlock()
	if reserved.ports[port] {
		return false
	}
	reserved.ports[port] = true
	return true
}

func release(port int) {
	reserved.Lock()
	defer reserved.Unlock()
	delete(reserved.ports, port)
}

func isFree(ctx context.Context, port int) bool {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", Local(port))
	return err == nil && l.Close() == nil
}

// Local is the address of a port.
func Local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
