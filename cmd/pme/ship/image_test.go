//go:build linux

package ship_test

import (
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// An image is the last stage of the Containerfile.
type image struct {
	files      map[string]string // by what they are called in the image: the files of the first stage
	user       string
	entrypoint string
}

func readImage(t *testing.T) image {
	t.Helper()
	b, err := os.ReadFile("Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, last, found := strings.Cut(string(b), "\nFROM scratch\n")
	if !found {
		t.Fatal("the image is not from scratch")
	}
	read := image{files: map[string]string{}}
	for line := range strings.Lines(last) {
		switch word := strings.Fields(line); word[0] {
		case "COPY":
			read.files[word[3]] = word[2]
		case "USER":
			read.user = word[1]
		case "ENTRYPOINT":
			read.entrypoint = strings.Trim(word[1], `["]`)
		}
	}
	if len(read.files) != 4 || read.user != "65532:65532" || read.files[read.entrypoint] != "/out/pme" {
		t.Fatalf("%+v", read)
	}
	return read
}

func TestTheDemoRunsInAReadOnlyRoot(t *testing.T) {
	origin := unpack(t).withTmp(t).serve(t, nil)
	c := visitor(t, origin)
	for _, path := range []string{"/livez", "/readyz", "/pme/", "/pme/token?modelId=SxQL3iGyoDo"} {
		if got := status(t, c, origin+path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// With a configuration there is nothing that it could write to.
func TestItServesInAnEmptyReadOnlyRoot(t *testing.T) {
	r := unpack(t).configured(t)
	up := matterporttest.NewServer(t, matterporttest.Config{})
	origin := r.serve(t, []string{"MATTERPORT_API_URL=" + up.URL, "TZ=Europe/Zurich"}, "-config", "/etc/pme/pme.yaml")
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := &http.Client{Transport: transport}
	for path, want := range map[string]int{"/livez": http.StatusOK, "/readyz": http.StatusOK, "/pme/token?modelId=SxQL3iGyoDo": http.StatusOK, "/pme/token?modelId=other": http.StatusBadRequest} {
		if got := status(t, c, origin+path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// The emulator behind TLS is believed if its certificate is in the image, and only then.
func TestItBelievesTheAuthoritiesOfTheImage(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	to, err := url.Parse(up.URL)
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	secure := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		reached.Add(1)
		r.SetURL(to)
	}})
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // of what is not believed
	t.Cleanup(secure.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	env := []string{
		"MATTERPORT_CLIENT_ID=" + matterporttest.DefaultClientID, "MATTERPORT_CLIENT_SECRET=" + matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL=" + secure.URL,
	}
	for name, authorities := range map[string][][]byte{"with": {certificate}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			origin := unpack(t, authorities...).withTmp(t).serve(t, env)
			before := reached.Load()
			status(t, visitor(t, origin), origin+"/pme/token?modelId=SxQL3iGyoDo") // a link with http, which is refused
			if asked := reached.Load() > before; asked != (authorities != nil) {
				t.Errorf("the emulator was asked: %v", asked)
			}
		})
	}
}

func TestItKnowsTimeZones(t *testing.T) {
	cmd := unpack(t).configured(t).withTmp(t).command(t.Context(), "check", "-config", "/etc/pme/pme.yaml")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
