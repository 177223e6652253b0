package demo_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/demo"
)

func TestTheDemoIsForBrowsersOfThisMachine(t *testing.T) {
	h := demo.ThisMachineOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, test := range []struct {
		host, path, header string
		want               int
	}{
		{"127.0.0.1:8080", "/login", "", http.StatusOK},
		{"127.0.0.1", "/pme/", "", http.StatusOK},
		{"[::1]:8080", "/pme/", "", http.StatusOK},
		{"localhost:8080", "/login", "", http.StatusOK},
		{"LOCALHOST", "/login", "", http.StatusOK},
		{"rebind.evil.example:8080", "/pme/", "", http.StatusForbidden},
		{"127.0.0.1.evil.example", "/pme/", "", http.StatusForbidden},
		{"localhost.evil.example", "/pme/", "", http.StatusForbidden},
		{"10.0.0.1:8080", "/pme/", "", http.StatusForbidden},
		{"", "/pme/", "", http.StatusForbidden},
		{"127.0.0.1:8080", "/login", "X-Forwarded-For", http.StatusForbidden},
		{"127.0.0.1:8080", "/login", "Forwarded", http.StatusForbidden},
		{"127.0.0.1:8080", "/login", "X-Real-IP", http.StatusForbidden},
		{"127.0.0.1:8080", "/login", "Via", http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodPost, test.path, nil)
		r.Host = test.host
		if test.header != "" {
			r.Header.Set(test.header, "203.0.113.9")
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.want {
			t.Errorf("%+v: %d", test, w.Code)
		}
	}
}
