package routers_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	gingzip "github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	chimiddleware "github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/handlers"
	"github.com/gorilla/mux"
	echo4 "github.com/labstack/echo/v4"
	echo4middleware "github.com/labstack/echo/v4/middleware"
	"github.com/labstack/echo/v5"
	echomiddleware "github.com/labstack/echo/v5/middleware"

	"github.com/go-pme/pme/examples/routers"
)

// compressing are the routers with their own compression in front of pme.
var compressing = map[string]func(h http.Handler) http.Handler{
	"chi": func(h http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(chimiddleware.Compress(5))
		r.Mount("/pme", http.StripPrefix("/pme", h))
		return r
	},
	"gorilla": func(h http.Handler) http.Handler {
		r := mux.NewRouter()
		r.Use(handlers.CompressHandler)
		r.PathPrefix("/pme").Handler(http.StripPrefix("/pme", h))
		return r
	},
	"gin": func(h http.Handler) http.Handler {
		gin.SetMode(gin.ReleaseMode)
		r := gin.New()
		r.Use(gingzip.Gzip(gingzip.DefaultCompression))
		r.Any("/pme/*any", gin.WrapH(http.StripPrefix("/pme", h)))
		return r
	},
	"echo": func(h http.Handler) http.Handler {
		e := echo.New()
		e.Use(echomiddleware.Gzip())
		e.Any("/pme/*", echo.WrapHandler(http.StripPrefix("/pme", h)))
		return e
	},
	"echo from half a KB": func(h http.Handler) http.Handler {
		e := echo.New()
		e.Use(echomiddleware.GzipWithConfig(echomiddleware.GzipConfig{MinLength: 512}))
		e.Any("/pme/*", echo.WrapHandler(http.StripPrefix("/pme", h)))
		return e
	},
	"echo v4": func(h http.Handler) http.Handler {
		e := echo4.New()
		e.Use(echo4middleware.Gzip())
		e.Any("/pme/*", echo4.WrapHandler(http.StripPrefix("/pme", h)))
		return e
	},
}

// client asks a site as a browser does, and leaves bodies as they come.
type client struct {
	*testing.T
	site *httptest.Server
	http *http.Client
}

func newClient(t *testing.T, app http.Handler) client {
	site := httptest.NewServer(app)
	t.Cleanup(site.Close)
	return client{t, site, &http.Client{
		Transport:     &http.Transport{DisableCompression: true, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c client) ask(method, path string, header ...string) (*http.Response, []byte) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, c.site.URL+path, nil)
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Person", "alice")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatalf("%s: %v", path, err)
	}
	return resp, body
}

// decoded undoes the coding that the answer names, once, as a browser does.
func decoded(t *testing.T, resp *http.Response, body []byte) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(body)
	var err error
	switch coding := resp.Header.Get("Content-Encoding"); {
	case coding == "" || len(body) == 0:
	case coding == "gzip":
		r, err = gzip.NewReader(r)
	case coding == "deflate":
		r = flate.NewReader(r)
	default:
		t.Fatalf("Content-Encoding %q", coding)
	}
	if err != nil {
		t.Fatalf("%s: %v", resp.Request.URL.Path, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", resp.Request.URL.Path, err)
	}
	return string(text)
}

func TestAnswersPassThroughCompression(t *testing.T) {
	for name, mount := range compressing {
		t.Run(name, func(t *testing.T) {
			h, _ := newHandler(t)
			plain, packed := newClient(t, routers.Chi(h)), newClient(t, mount(h))
			for path, mark := range map[string]string{
				"/pme/pme.js": "customElements.define", "/pme/pme.css": ".pme-page", "/pme/": `href="view/` + office + `"`,
				"/pme/view/" + office: `<pme-space model="`, "/pme/models": `"id":"` + office + `"`, "/pme/signed-in": "BroadcastChannel",
			} {
				for _, accept := range []string{"", "gzip", "gzip, deflate, br, zstd", "br;q=1.0, gzip;q=0.8, *;q=0.1", "deflate", "identity", "br", "identity;q=0, gzip"} {
					resp, body := packed.ask(http.MethodGet, path, "Accept-Encoding", accept)
					text := decoded(t, resp, body)
					if resp.StatusCode != http.StatusOK || !strings.Contains(text, mark) {
						t.Errorf("%s with %q: %d %v without %q", path, accept, resp.StatusCode, resp.Header, mark)
					}
					if strings.HasPrefix(path, "/pme/pme.") {
						if _, whole := plain.ask(http.MethodGet, path); text != string(whole) {
							t.Errorf("%s with %q differs from the file", path, accept)
						}
					}
				}
			}
		})
	}
}

// All that is worth it is compressed, not the assets alone.
func TestAssetsPagesAndListsAreCompressed(t *testing.T) {
	for name, mount := range compressing {
		t.Run(name, func(t *testing.T) {
			h, _ := newHandler(t)
			c := newClient(t, mount(h))
			for _, path := range []string{"/pme/pme.js", "/pme/pme.css", "/pme/"} {
				small, body := c.ask(http.MethodGet, path, "Accept-Encoding", "gzip")
				whole, _ := c.ask(http.MethodGet, path)
				text := decoded(t, small, body)
				if small.Header.Get("Content-Encoding") != "gzip" || len(body) >= len(text) {
					t.Errorf("%s: %d bytes of %d, %v", path, len(body), len(text), small.Header)
				}
				if !slices.Contains(small.Header.Values("Vary"), "Accept-Encoding") {
					t.Errorf("%s: Vary %q", path, small.Header.Values("Vary"))
				}
				if tag := small.Header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") && tag == whole.Header.Get("ETag") {
					t.Errorf("%s: the strong tag %s names two contents", path, tag)
				}
			}
		})
	}
}

func TestAnswersWithoutABodyPassThroughCompression(t *testing.T) {
	for name, mount := range compressing {
		t.Run(name, func(t *testing.T) {
			h, _ := newHandler(t)
			c := newClient(t, mount(h))
			first, _ := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip")
			again, body := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip", "If-None-Match", first.Header.Get("ETag"))
			if again.StatusCode != http.StatusNotModified || len(body) != 0 {
				t.Errorf("unchanged: %d %q", again.StatusCode, body)
			}
			if head, body := c.ask(http.MethodHead, "/pme/pme.js", "Accept-Encoding", "gzip"); head.StatusCode != http.StatusOK || len(body) != 0 {
				t.Errorf("HEAD: %d %q", head.StatusCode, body)
			}
			part, body := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip", "Range", "bytes=0-99")
			if part.StatusCode != http.StatusOK || !strings.Contains(decoded(t, part, body), "customElements.define") {
				t.Errorf("a range: %d %v", part.StatusCode, part.Header)
			}
			to, _ := c.ask(http.MethodGet, "/pme/", "Accept-Encoding", "gzip", "Accept", "text/html", "Person", "")
			if to.StatusCode != http.StatusFound || to.Header.Get("Location") != "/login?next=%2Fpme%2F" {
				t.Errorf("signed out: %d %v", to.StatusCode, to.Header)
			}
			no, body := c.ask(http.MethodGet, "/pme/token?modelId="+office, "Accept-Encoding", "gzip", "Person", "")
			if no.StatusCode != http.StatusUnauthorized || !strings.Contains(decoded(t, no, body), `"login_required"`) {
				t.Errorf("a script that is signed out: %d %v", no.StatusCode, no.Header)
			}
		})
	}
}
