package drain

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// empty is how long no connection may have come for the queue of a listener to count as empty.
const empty = time.Millisecond

// A Listener accepts what waits at it before it closes: connections in the queue of the kernel are reset otherwise. Make it with
// NewListener.
type Listener struct {
	net.Listener
	stopping atomic.Bool
}

// deadliner is what listeners on TCP and Unix sockets are.
type deadliner interface{ SetDeadline(t time.Time) error }

// NewListener returns a Listener around another one.
func NewListener(l net.Listener) *Listener { return &Listener{Listener: l} }

// Stop has Accept return what waits, and then close the listener and fail. Another goroutine calls Accept meanwhile.
func (l *Listener) Stop() {
	l.stopping.Store(true)
	l.expire(time.Unix(0, 1)) // long ago: it wakes Accept up
}

func (l *Listener) expire(at time.Time) {
	if d, ok := l.Listener.(deadliner); !ok || d.SetDeadline(at) != nil {
		_ = l.Close() // it cannot be asked what waits
	}
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	for {
		stopping := l.stopping.Load()
		if stopping {
			l.expire(time.Now().Add(empty)) //nolint:forbidigo // the deadline of a socket is a time of the runtime's clock
		}
		conn, err := l.Listener.Accept()
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return conn, err //nolint:wrapcheck // for net/http
		}
		if stopping {
			_ = l.Close() // what counts is that no connection waits
			return nil, net.ErrClosed
		}
	}
}
