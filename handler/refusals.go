package handler

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/issuer"
)

// refusals are the answers to the issuer's errors. An error that is not among them is temporary.
var refusals = answer.Table{
	{Err: issuer.ErrNotSignedIn, Refusal: answer.Refusal{
		Status: http.StatusUnauthorized, Code: "login_required", Text: "Please sign in.",
	}},
	{Err: issuer.ErrInvalid, Refusal: answer.Refusal{
		Status: http.StatusBadRequest, Code: "invalid_request", Text: "Name the space by its model ID: modelId is 11 letters and digits.",
	}},
	{Err: issuer.ErrDenied, Refusal: answer.Refusal{
		Status: http.StatusForbidden, Code: "access_denied", Text: "You do not have access to this space.",
	}},
	{Err: sameorigin.ErrForeign, Refusal: sameorigin.Refusal},
	{Err: issuer.ErrNotFound, Refusal: answer.Refusal{
		Status: http.StatusNotFound, Code: "model_not_found", Text: "This space is no longer available.",
	}},
	{Err: issuer.ErrRateLimited, Refusal: answer.Refusal{
		Status: http.StatusTooManyRequests, Code: "temporarily_unavailable", Text: "You have opened many spaces in a short time. Please wait a moment.", Retry: time.Minute,
	}},
	{Err: issuer.ErrUpstream, Refusal: answer.Refusal{
		Status: http.StatusBadGateway, Code: "upstream_error", Text: "Spaces cannot be shown at present. Please tell the people who run this site.",
	}},
	{Err: issuer.ErrEnding, Refusal: answer.Refusal{
		Status: http.StatusServiceUnavailable, Code: "access_ending", Text: "Your access to this space ends shortly.", Retry: time.Minute,
	}},
	{Err: issuer.ErrUnavailable, Refusal: answer.Refusal{
		Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable", Text: "Spaces are unavailable for the moment. Please try again shortly.", Retry: 5 * time.Second,
	}},
}

// refusalFor returns the refusal for err.
func refusalFor(err error) answer.Refusal {
	var after time.Duration
	if e, ok := errors.AsType[*issuer.Error](err); ok {
		after = e.RetryAfter
	}
	return refusals.For(err, after)
}

// refuse answers err in JSON. The issuer has logged it.
func refuse(w http.ResponseWriter, err error) { refusalFor(err).Write(w) }

// refuseModels is refuse for a request that names models. If what it names has a model ID in it, such as the address
// of a Showcase, the answer asks whether that is meant.
func refuseModels(w http.ResponseWriter, r *http.Request, err error) {
	out := refusalFor(err)
	if errors.Is(err, issuer.ErrInvalid) {
		out.Text += meant(r.URL.RawQuery)
	}
	out.Write(w)
}

// meant returns nothing of the query but an ID, which is 11 letters and digits.
func meant(query string) string {
	models, err := answer.ModelIDs(nil, query)
	if err != nil {
		return ""
	}
	for _, model := range models {
		if id, ok := modelid.Find(model); ok && id != model {
			return " Did you mean " + id + "?"
		}
	}
	return ""
}
