package health_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/go-pme/pme/health"
)

// An application that has parts of its own and nothing of package pme.
func ExampleNewHandler() {
	shutdown, stop := context.WithCancel(context.Background())
	ping := func(context.Context) error { return errors.New("dial tcp 10.0.0.7:5432: connection refused") }
	h := health.NewHandler(shutdown, health.Part{Name: "database", Check: ping})

	mux := http.NewServeMux()
	mux.Handle("/livez", h)
	mux.Handle("/readyz", h)

	show := func() {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		fmt.Print(w.Code, " ", w.Body)
	}
	show()
	stop()
	show()
	// Output:
	// 200 {"status":"degraded","parts":{"database":"degraded: the check fails"}}
	// 503 {"status":"closing"}
}
