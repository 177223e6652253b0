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

// reply is what came back, as it came.
type reply struct {
	path   string
	status int
	header http.Header
	body   []byte
}

func (c client) ask(method, path string, header ...string) reply {
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
	return reply{path, resp.StatusCode, resp.Header, body}
}

// decoded undoes the coding that the answer names, once, as a browser does.
func (a reply) decoded(t *testing.T) string {
	t.Helper()
	var r io.Reader = bytes.NewReader(a.body)
	var err error
	switch coding := a.header.Get("Content-Encoding"); {
	case coding == "" || len(a.body) == 0:
	case coding == "gzip":
		r, err = gzip.NewReader(r)
	case coding == "deflate":
		r = flate.NewReader(r)
	default:
		t.Fatalf("Content-Encoding %q", coding)
	}
	if err != nil {
		t.Fatalf("%s: %v", a.path, err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", a.path, err)
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
					a := packed.ask(http.MethodGet, path, "Accept-Encoding", accept)
					text := a.decoded(t)
					if a.status != http.StatusOK || !strings.Contains(text, mark) {
						t.Errorf("%s with %q: %d %v without %q", path, accept, a.status, a.header, mark)
					}
					if strings.HasPrefix(path, "/pme/pme.") {
						if text != string(plain.ask(http.MethodGet, path).body) {
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
				small := c.ask(http.MethodGet, path, "Accept-Encoding", "gzip")
				whole := c.ask(http.MethodGet, path)
				text := small.decoded(t)
				if small.header.Get("Content-Encoding") != "gzip" || len(small.body) >= len(text) {
					t.Errorf("%s: %d bytes of %d, %v", path, len(small.body), len(text), small.header)
				}
				if !slices.Contains(small.header.Values("Vary"), "Accept-Encoding") {
					t.Errorf("%s: Vary %q", path, small.header.Values("Vary"))
				}
				if tag := small.header.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") && tag == whole.header.Get("ETag") {
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
			first := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip")
			again := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip", "If-None-Match", first.header.Get("ETag"))
			if again.status != http.StatusNotModified || len(again.body) != 0 {
				t.Errorf("unchanged: %d %q", again.status, again.body)
			}
			if head := c.ask(http.MethodHead, "/pme/pme.js", "Accept-Encoding", "gzip"); head.status != http.StatusOK || len(head.body) != 0 {
				t.Errorf("HEAD: %d %q", head.status, head.body)
			}
			part := c.ask(http.MethodGet, "/pme/pme.js", "Accept-Encoding", "gzip", "Range", "bytes=0-99")
			if part.status != http.StatusOK || !strings.Contains(part.decoded(t), "customElements.define") {
				t.Errorf("a range: %d %v", part.status, part.header)
			}
			to := c.ask(http.MethodGet, "/pme/", "Accept-Encoding", "gzip", "Accept", "text/html", "Person", "")
			if to.status != http.StatusFound || to.header.Get("Location") != "/login?next=%2Fpme%2F" {
				t.Errorf("signed out: %d %v", to.status, to.header)
			}
			no := c.ask(http.MethodGet, "/pme/token?modelId="+office, "Accept-Encoding", "gzip", "Person", "")
			if no.status != http.StatusUnauthorized || !strings.Contains(no.decoded(t), `"login_required"`) {
				t.Errorf("a script that is signed out: %d %v", no.status, no.header)
			}
		})
	}
}
