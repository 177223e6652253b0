// Package drain lets a server stop without losing a request.
//
// Stopping has four steps. The readiness probe answers 503, and answers tell clients to close their connections ([Drain.Begin]). Once
// no more requests are sent here ([Drain.Wait]), the listener is closed, after what waits at it has been accepted ([Listener.Stop]). What
// was accepted is served ([Drain.Settle]): a server that shuts down drops the first request of a new connection. Then
// [http.Server.Shutdown] closes what is idle, ends streams, and waits for requests that are under way.
package drain

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/health"
)

// settle is how long clients that are busy get to learn that they are to close their connections. One that sends a request at the moment
// at which its idle connection is closed could not tell whether it was carried out.
const settle = 250 * time.Millisecond

// A Drain is the state of one server. Make it with New. It is safe for concurrent use.
type Drain struct {
	begun  atomic.Bool
	probed atomic.Bool // something asks whether it is ready
	told   chan struct{}
	tell   func()

	conns sync.Map // those that have not sent a request yet
	fresh atomic.Int64
	older chan struct{} // gets a value when there are none left
}

// New returns a Drain that has not begun.
func New() *Drain {
	told := make(chan struct{})
	return &Drain{told: told, older: make(chan struct{}, 1), tell: sync.OnceFunc(func() { close(told) })}
}

// Begin has the probe answer 503 from now on.
func (d *Drain) Begin() { d.begun.Store(true) }

// Wait waits until no more requests are sent here: if the probe has ever been asked, until it has answered 503, and for at most longest.
// It ends with ctx.
func (d *Drain) Wait(ctx context.Context, longest time.Duration) {
	if d.probed.Load() {
		sleep(ctx, longest, d.told)
	}
}

// Settle waits until all new connections have sent their first request, and for a moment at least. It ends with ctx.
func (d *Drain) Settle(ctx context.Context) {
	sleep(ctx, settle, nil)
	for d.fresh.Load() > 0 && ctx.Err() == nil {
		sleep(ctx, settle, d.older)
	}
}

// ConnState is for [http.Server]. It counts the connections that have not sent a request yet.
func (d *Drain) ConnState(conn net.Conn, state http.ConnState) {
	if state == http.StateNew {
		d.conns.Store(conn, nil)
		d.fresh.Add(1)
		return
	}
	if _, was := d.conns.LoadAndDelete(conn); was && d.fresh.Add(-1) == 0 {
		select {
		case d.older <- struct{}{}:
		default:
		}
	}
}

func sleep(ctx context.Context, length time.Duration, or <-chan struct{}) {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-or:
	case <-ctx.Done():
	}
}

// Handler passes requests on to next. Once the Drain has begun, it answers those for probe itself, with 503 and the status draining.
func (d *Drain) Handler(probe string, next http.Handler) http.Handler {
	ended, end := context.WithCancelCause(context.Background())
	end(health.Degraded("draining"))
	notReady := health.NewHandler(ended)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := d.begun.Load()
		if begun {
			w.Header().Set("Connection", "close")
		}
		if r.URL.Path != probe {
			next.ServeHTTP(w, r)
			return
		}
		d.probed.Store(true)
		if !begun {
			next.ServeHTTP(w, r)
			return
		}
		notReady.ServeHTTP(w, r)
		d.tell()
	})
}
