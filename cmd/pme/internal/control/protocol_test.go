package control

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/issuer"
)

// bare is a server whose process has nothing: what reaches it panics.
func bare() *Server {
	s := newServer(Config{Target: nothing{}, Logger: slog.New(slog.DiscardHandler)})
	s.live = func(context.Context) iter.Seq2[issuer.Live, error] { return func(func(issuer.Live, error) bool) {} }
	return s
}

type nothing struct{}

func (nothing) PME() *pme.Handler    { return nil }
func (nothing) Policy() *access.File { return nil }
func (nothing) Trail() audit.Reader  { return nil }

func send(s *Server, method, path, version string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, "/", body)
	r.URL.Path = path
	r.Header.Set(header, version)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestBadRequestsGetAClearAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		method, path, version, body, code string
	}{
		"an older client":        {http.MethodPost, "/v0/who", "0", "{}", "unsupported_version"},
		"a newer client":         {http.MethodPost, "/v2/who", "2", "{}", "unsupported_version"},
		"a browser":              {http.MethodPost, "/v1/revoke", "", `{"everything":true}`, "unsupported_version"},
		"an unknown command":     {http.MethodPost, "/v1/dance", "1", "{}", "unknown_method"},
		"GET":                    {http.MethodGet, "/v1/who", "1", "", "malformed"},
		"no body":                {http.MethodPost, "/v1/who", "1", "", "malformed"},
		"no object":              {http.MethodPost, "/v1/who", "1", "null", "malformed"},
		"an unknown field":       {http.MethodPost, "/v1/revoke", "1", `{"user":"alice","but_not":"bob"}`, "malformed"},
		"two objects":            {http.MethodPost, "/v1/revoke", "1", `{"user":"alice"}{"everything":true}`, "malformed"},
		"a wrong type":           {http.MethodPost, "/v1/revoke", "1", `{"everything":"yes"}`, "malformed"},
		"too much":               {http.MethodPost, "/v1/who", "1", `{"person":"` + strings.Repeat("x", maxBody) + `"}`, "too_large"},
		"what the process lacks": {http.MethodPost, "/v1/revoke", "1", `{"user":"alice"}`, "internal"},
		"no trail":               {http.MethodPost, "/v1/records", "1", "{}", "not_found"},
	} {
		w := send(bare(), c.method, c.path, c.version, strings.NewReader(c.body))
		var e Error
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code != c.code || e.Text == "" || w.Code < 400 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if w.Header().Get(header) != "1" {
			t.Errorf("%s: the answer does not say which version it is", name)
		}
	}
}

func TestSoManyCommandsAreCarriedOutAtATime(t *testing.T) {
	s := bare()
	for range maxAtOnce {
		s.working <- struct{}{}
	}
	if w := send(s, http.MethodPost, "/v1/records", "1", strings.NewReader("{}")); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"busy"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	<-s.working
	if w := send(s, http.MethodPost, "/v1/records", "1", strings.NewReader("{}")); w.Code != http.StatusNotFound {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if len(s.working) != maxAtOnce-1 {
		t.Error("a place was not given back")
	}
}

// Whatever is sent: an answer of the protocol, and nothing is revoked unless the request is one as documented.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{`{}`, `{"user":"alice"}`, `{"user":{"id":"a"},"model":"SxQL3iGyoDo"}`, `{"from":"2026-01-01T00:00:00Z"}`, `[1]`, "\xff", `{"a":{"a":{"a":1}}}`} {
		for _, method := range []string{"who", "revoke", "explain", "report", "health", "records", "x"} {
			f.Add("/v1/"+method, "1", []byte(seed))
		}
	}
	f.Add("/v9/who", "9", []byte("{}"))
	f.Fuzz(func(t *testing.T, path, version string, body []byte) {
		w := send(bare(), http.MethodPost, path, version, strings.NewReader(string(body)))
		var answer map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Errorf("%d %q", w.Code, w.Body)
		}
		if w.Code != http.StatusOK && (answer["error"] == "" || answer["text"] == "") {
			t.Errorf("%d %q", w.Code, w.Body)
		}
		if version != "1" && w.Code == http.StatusOK {
			t.Errorf("version %q is answered", version)
		}
	})
}
