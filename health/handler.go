package health

import (
	"context"
	"errors"
	"net/http"
	"path"
)

// NewHandler serves two probes by the last element of the path, so that it can be mounted with or without
// [http.StripPrefix]. Other paths get 404.
//
//	GET  livez   200 as long as the process serves; it asks nothing
//	GET  readyz  200 until ctx ends, and 503 from then on
//
// Both answer in JSON. While ctx lives, readyz says how the parts are:
//
//	{"status":"degraded","parts":{"database":"ok","policy":"degraded: the policy fails"}}
//
// The status is ok if all parts are. A part that is degraded never changes 200 to 503. Once ctx has ended, the
// status is closing, or, if [context.Cause] is a [Degraded], its words.
//
// A report is at most a second old. The probes need no credential, and say nothing but the names and words of
// parts: serve them where the load balancer and the monitoring can reach them.
func NewHandler(ctx context.Context, parts ...Part) http.Handler {
	r := newReporter(ctx, parts)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch path.Base(req.URL.Path) {
		case "livez":
			get(w, req, func() { write(w, http.StatusOK, statusBody("ok")) })
		case "readyz":
			get(w, req, func() { r.ready(w) })
		default:
			write(w, http.StatusNotFound, errorBody("There is nothing at this address."))
		}
	})
}

// ready looks at ctx before and after the checks, as these end with it.
func (r *reporter) ready(w http.ResponseWriter) {
	if r.ctx.Err() == nil {
		report := r.report()
		if r.ctx.Err() == nil {
			write(w, http.StatusOK, report.body)
			return
		}
	}
	status := Degraded("closing")
	if errors.As(context.Cause(r.ctx), &status) {
		status = status.shown()
	}
	write(w, http.StatusServiceUnavailable, statusBody(string(status)))
}

// get answers with serve if the method is GET or HEAD.
func get(w http.ResponseWriter, r *http.Request, serve func()) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		write(w, http.StatusMethodNotAllowed, errorBody("This address answers GET and HEAD only."))
		return
	}
	serve()
}

func write(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// statusBody and errorBody take words that stand for themselves in JSON.
func statusBody(words string) []byte { return []byte(`{"status":"` + words + "\"}\n") }

// errorBody has the form of all other errors of the endpoints.
func errorBody(text string) []byte {
	return []byte(`{"error":"invalid_request","error_description":"` + text + "\"}\n")
}
