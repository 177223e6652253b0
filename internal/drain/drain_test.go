package drain_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/internal/drain"
)

// stream answers until the group says that the answer is over.
func stream(g *drain.Group) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		shutdown := g.Shutdown(r.Context())
		_ = http.NewResponseController(w).Flush()
		select {
		case <-shutdown:
			_, _ = io.WriteString(w, "shutdown")
		case <-g.Closed:
			_, _ = io.WriteString(w, "closed")
		}
	}
}

func open(t *testing.T, server *httptest.Server) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func wantEnd(t *testing.T, res *http.Response, want string) {
	t.Helper()
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); string(got) != want || err != nil {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestAnswersEndWhenTheirServerShutsDown(t *testing.T) {
	g := drain.New()
	first, other := httptest.NewServer(stream(g)), httptest.NewServer(stream(g))
	defer other.Close()
	one, two, three := open(t, first), open(t, first), open(t, other) //nolint:bodyclose // wantEnd does
	if err := first.Config.Shutdown(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	wantEnd(t, one, "shutdown")
	wantEnd(t, two, "shutdown")
	first.Close()
	g.Close()
	wantEnd(t, three, "closed")
}

func TestCloseEndsLaterAnswersToo(t *testing.T) {
	g := drain.New()
	g.Close()
	g.Close()
	<-g.Closed
	if g.Shutdown(t.Context()) != nil {
		t.Error("a channel, and no server")
	}
}
