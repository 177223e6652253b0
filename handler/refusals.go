package handler

import (
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/issuer"
)

// refusal is how an error looks from outside.
type refusal struct {
	status int
	code   string // for the page's script
	text   string // for the visitor; says nothing about how things are made
	retry  time.Duration
}

// knownRefusal is what the errors that wrap when come to.
type knownRefusal struct {
	when error
	refusal
}

var refusals = []knownRefusal{
	{issuer.ErrNotSignedIn, refusal{http.StatusUnauthorized, "login_required", "Please sign in.", 0}},
	{issuer.ErrInvalid, refusal{http.StatusBadRequest, "invalid_request", "Name the space by its model ID: modelId is 11 letters and digits.", 0}},
	{issuer.ErrDenied, refusal{http.StatusForbidden, "access_denied", "You do not have access to this space.", 0}},
	{issuer.ErrNotFound, refusal{http.StatusNotFound, "model_not_found", "This space is no longer available.", 0}},
	{issuer.ErrRateLimited, refusal{http.StatusTooManyRequests, "temporarily_unavailable", "You have opened many spaces in a short time. Please wait a moment.", time.Minute}},
	{issuer.ErrUpstream, refusal{http.StatusBadGateway, "upstream_error", "Spaces cannot be shown at present. Please tell whoever runs this site.", 0}},
	{issuer.ErrUnavailable, refusal{http.StatusServiceUnavailable, "temporarily_unavailable", "Spaces are unavailable for the moment. Please try again shortly.", 5 * time.Second}},
}

var allRefusals = slices.Concat(refusals, connectRefusals)

// refusalFor sorts err. What it does not know is temporary, and says nothing.
func refusalFor(err error) refusal {
	out := refusals[len(refusals)-1].refusal
	for _, known := range allRefusals {
		if errors.Is(err, known.when) {
			out = known.refusal
			break
		}
	}
	var i *issuer.Error
	var c *connect.Error
	var after time.Duration
	switch {
	case errors.As(err, &i):
		after = i.RetryAfter
	case errors.As(err, &c):
		after = c.RetryAfter
	}
	if after > 0 && out.retry > 0 {
		out.retry = after
	}
	return out
}

// header sets what goes with r beside its status.
func (r refusal) header(h http.Header) {
	if r.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(r.retry.Seconds()))))
	}
}

// refuse answers err in JSON. The issuer has logged it.
func refuse(w http.ResponseWriter, err error) {
	r := refusalFor(err)
	r.header(w.Header())
	answer.Error(w, r.status, r.code, r.text)
}

// getOnly lets GET and HEAD through to next.
func getOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answers(w, r, http.MethodGet) {
			next(w, r)
		}
	})
}

// answers reports whether r has the method, and refuses it otherwise. Who answers GET answers HEAD.
func answers(w http.ResponseWriter, r *http.Request, method string) bool {
	if r.Method == method || (r.Method == http.MethodHead && method == http.MethodGet) {
		return true
	}
	w.Header().Set("Allow", method)
	answer.Error(w, http.StatusMethodNotAllowed, "invalid_request", "This address answers "+method+" only.")
	return false
}
