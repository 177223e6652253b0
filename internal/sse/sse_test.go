package sse_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/internal/sse"
)

func TestStreamOutlivesTheTimeoutsOfTheServer(t *testing.T) {
	goOn := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := sse.Start(w, 3*time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		<-goOn
		if err := errors.Join(out.Event("refused", []byte(`{"a":1}`)), out.Beat(), r.Context().Err()); err != nil {
			t.Error(err)
		}
	}))
	server.Config.ReadTimeout, server.Config.WriteTimeout = 20*time.Millisecond, 20*time.Millisecond
	server.Start()
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	if line, err := lines.ReadString('\n'); line != "retry: 3000\n" {
		t.Fatalf("the first line is %q: %v", line, err)
	}
	waitPast(t, server)
	close(goOn)
	rest, err := io.ReadAll(lines)
	if diff := cmp.Diff("\nevent: refused\ndata: {\"a\":1}\n\n:\n\n", string(rest)); diff != "" || err != nil {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
	if h := res.Header; h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-store, no-transform" {
		t.Errorf("headers %v", h)
	}
}

// waitPast returns when the server has closed a later connection because of its ReadTimeout.
func waitPast(t *testing.T, server *httptest.Server) {
	t.Helper()
	idle, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, idle); err != nil {
		t.Fatal(err)
	}
}

func TestBufferedAnswerIsRefusedBeforeItBegins(t *testing.T) {
	w := httptest.NewRecorder()
	_, err := sse.Start(struct{ http.ResponseWriter }{w}, time.Second)
	if !errors.Is(err, http.ErrNotSupported) || len(w.Header()) != 0 || w.Body.Len() != 0 {
		t.Errorf("%v, %v %q; want http.ErrNotSupported, and nothing written", err, w.Header(), w.Body)
	}
}

func TestBrowserThatIsGone(t *testing.T) {
	out, err := sse.Start(gone{httptest.NewRecorder()}, time.Second)
	if err == nil {
		t.Errorf("got %v, want an error", out)
	}
}

// gone is the writer of a connection that is closed.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
