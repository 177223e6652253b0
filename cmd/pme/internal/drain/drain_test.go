package drain_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/cmd/pme/internal/drain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(d *drain.Drain) func(path string) *httptest.ResponseRecorder {
	h := d.Handler("/readyz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "fine") }))
	return func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		return w
	}
}

func TestTheProbeIsToldFirstAndRequestsGoOn(t *testing.T) {
	d := drain.New()
	get := serve(d)
	if w := get("/readyz"); w.Code != http.StatusOK || w.Header().Get("Connection") != "" {
		t.Errorf("before: %d %v", w.Code, w.Header())
	}
	d.Begin()
	if w := get("/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"draining"`) {
		t.Errorf("probe: %d %s", w.Code, w.Body)
	}
	if w := get("/pme/token"); w.Code != http.StatusOK || w.Body.String() != "fine" || w.Header().Get("Connection") != "close" {
		t.Errorf("request: %d %s %v", w.Code, w.Body, w.Header())
	}
}

func TestItWaitsForAProbeThatThereIs(t *testing.T) {
	for name, test := range map[string]struct {
		probed  bool
		toldIn  time.Duration // zero: never
		longest time.Duration
		want    time.Duration
	}{
		"no probe":            {longest: 5 * time.Second},
		"a probe":             {probed: true, toldIn: 2 * time.Second, longest: 5 * time.Second, want: 2 * time.Second},
		"a probe at once":     {probed: true, toldIn: time.Millisecond, longest: 5 * time.Second, want: time.Millisecond},
		"a probe that is off": {probed: true, longest: 5 * time.Second, want: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := drain.New()
				get := serve(d)
				if test.probed {
					get("/readyz")
				}
				begun := time.Now()
				d.Begin()
				if test.toldIn > 0 {
					time.AfterFunc(test.toldIn, func() { get("/readyz") })
				}
				d.Wait(t.Context(), test.longest)
				if took := time.Since(begun); took != test.want {
					t.Errorf("took %v, want %v", took, test.want)
				}
			})
		})
	}
}

func TestItWaitsNoLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := drain.New()
		serve(d)("/readyz")
		d.Begin()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		d.Wait(ctx, time.Minute)
		if took := time.Since(begun); took != time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestItSettlesOnceNewConnectionsHaveSentARequest(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*drain.Drain, net.Conn)
		want   time.Duration
	}{
		"none":                   {func(*drain.Drain, net.Conn) {}, 250 * time.Millisecond},
		"one that sends nothing": {func(d *drain.Drain, c net.Conn) { d.ConnState(c, http.StateNew) }, time.Minute},
		"one that is closed": {func(d *drain.Drain, c net.Conn) {
			d.ConnState(c, http.StateNew)
			time.AfterFunc(3*time.Second, func() { d.ConnState(c, http.StateClosed) })
		}, 3 * time.Second},
		"one that sends a request": {func(d *drain.Drain, c net.Conn) {
			d.ConnState(c, http.StateNew)
			time.AfterFunc(time.Second, func() { d.ConnState(c, http.StateActive) })
			time.AfterFunc(2*time.Second, func() { d.ConnState(c, http.StateIdle) })
		}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := drain.New()
				test.change(d, &net.TCPConn{})
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				begun := time.Now()
				d.Settle(ctx)
				if took := time.Since(begun); took != test.want {
					t.Errorf("took %v, want %v", took, test.want)
				}
			})
		})
	}
}

// What has connected before Stop is accepted, although Accept was not called yet.
func TestWhatWaitsIsAccepted(t *testing.T) {
	inner, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := drain.NewListener(inner)
	for range 20 {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	l.Stop()
	accepted := 0
	for {
		conn, err := l.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
			break
		}
		accepted++
		_ = conn.Close()
	}
	if accepted != 20 {
		t.Errorf("%d of 20 were accepted", accepted)
	}
	if conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", inner.Addr().String()); err == nil {
		_ = conn.Close()
		t.Error("it still listens")
	}
}
