package mount_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/internal/mount"
)

func TestPathHasThePrefixThatWasTakenOff(t *testing.T) {
	var got string
	h := http.StripPrefix("/pme", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = mount.Path(r) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/pme/token?modelId=1", nil))
	if got != "/pme/token" {
		t.Errorf("%q", got)
	}
	r := httptest.NewRequest(http.MethodGet, "/token", nil)
	r.RequestURI = "" // a request that no server has read
	if got := mount.Path(r); got != "/token" {
		t.Errorf("without a request URI: %q", got)
	}
}
