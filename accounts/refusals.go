package accounts

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/sameorigin"
	"github.com/go-pme/pme/pages"
)

// errUnconfirmed says that a request to delete a connection does not repeat its ID.
var errUnconfirmed = errors.New("accounts: the connection's ID is not confirmed")

// refusals are the answers to the errors of package connect. An error that is not among them is
// temporary.
var refusals = answer.Table{
	{Err: connect.ErrNotSignedIn, Refusal: answer.Refusal{
		Status: http.StatusUnauthorized, Code: "login_required", Text: "Please sign in.",
	}},
	{Err: connect.ErrDenied, Refusal: answer.Refusal{
		Status: http.StatusForbidden, Code: "access_denied", Text: "You may not connect Matterport accounts here.",
	}},
	{Err: sameorigin.ErrForeign, Refusal: sameorigin.Refusal},
	{Err: connect.ErrInvalid, Refusal: answer.Refusal{
		Status: http.StatusBadRequest, Code: "invalid_request", Text: "This request cannot be understood. A name may have 100 characters, all of them visible.",
	}},
	{Err: connect.ErrNotConnected, Refusal: answer.Refusal{
		Status: http.StatusNotFound, Code: "not_connected", Text: "This Matterport account is not connected.",
	}},
	{Err: connect.ErrSeveral, Refusal: answer.Refusal{
		Status: http.StatusConflict, Code: "several_connections", Text: "You have connected several Matterport accounts. Choose one of them.",
	}},
	{Err: connect.ErrTooMany, Refusal: answer.Refusal{
		Status: http.StatusConflict, Code: "too_many_connections", Text: "You have connected as many Matterport accounts as you may. Forget one of them first.",
	}},
	{Err: connect.ErrReconnect, Refusal: answer.Refusal{
		Status: http.StatusUnauthorized, Code: "reconnect_required", Text: "This Matterport account has to be connected again.",
	}},
	{Err: connect.ErrAttemptOver, Refusal: answer.Refusal{
		Status: http.StatusBadRequest, Code: "attempt_over",
		Text: "This attempt to connect is over. It took longer than ten minutes, has ended before, or was begun elsewhere. Please begin again.",
	}},
	{Err: connect.ErrConsentDenied, Refusal: answer.Refusal{
		Status: http.StatusForbidden, Code: "consent_denied", Text: "You did not agree at Matterport. Nothing was connected.",
	}},
	{Err: connect.ErrAccountRefused, Refusal: answer.Refusal{
		Status: http.StatusForbidden, Code: "account_refused",
		Text: "Matterport does not let this account be connected here. The application is in Development Mode, or is not approved for this account. Please tell the people who run this site.",
	}},
	{Err: connect.ErrMissingScopes, Refusal: answer.Refusal{
		Status: http.StatusForbidden, Code: "missing_scopes",
		Text: "Not everything that is needed was allowed. Nothing was connected. Please connect again, and leave all permissions ticked:",
	}},
	{Err: connect.ErrModelNotFound, Refusal: answer.Refusal{
		Status: http.StatusNotFound, Code: "model_not_found", Text: "This space is not in the connected account.",
	}},
	{Err: connect.ErrRateLimited, Refusal: answer.Refusal{
		Status: http.StatusTooManyRequests, Code: "temporarily_unavailable", Text: "You have asked for much in a short time. Please wait a moment.", Retry: time.Minute,
	}},
	{Err: connect.ErrUpstream, Refusal: answer.Refusal{
		Status: http.StatusBadGateway, Code: "upstream_error", Text: "Matterport accounts cannot be connected or used at present. Please tell the people who run this site.",
	}},
	{Err: errUnconfirmed, Refusal: answer.Refusal{
		Status: http.StatusConflict, Code: "confirmation_required",
		Text: "This site would forget the account, and could no longer show its spaces. The permission at Matterport would stay: it can be withdrawn there, in the account's settings. Confirm by the connection's ID.",
	}},
	{Err: connect.ErrUnavailable, Refusal: answer.Refusal{
		Status: http.StatusServiceUnavailable, Code: "temporarily_unavailable",
		Text: "Matterport accounts cannot be connected or used for the moment. Please try again shortly.", Retry: 5 * time.Second,
	}},
}

// refusalFor returns the refusal for err.
func refusalFor(err error) answer.Refusal {
	var after time.Duration
	if e, ok := errors.AsType[*connect.Error](err); ok {
		after = e.RetryAfter
	}
	return refusals.For(err, after)
}

// refuse answers err in JSON. The connections have logged it.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, v visit, err error) {
	out := refusalFor(err)
	out.Text = h.pages.Sentence(r, out)
	var extra []answer.Member
	if out.Code == "reconnect_required" || out.Code == "not_connected" {
		extra = append(extra, answer.Member{Name: "connect_url", Value: h.connectURL(r, v, out.Code)})
	}
	out.Write(w, extra...)
}

// connectURL is where the user connects an account, or connects that of the visit again.
func (h *Handler) connectURL(r *http.Request, v visit, code string) string {
	if v.id != "" && code == "reconnect_required" {
		return h.address(r) + "?connection=" + v.id
	}
	return h.address(r)
}

// refuseNothing answers at an address that no endpoint has.
func (h *Handler) refuseNothing(w http.ResponseWriter, r *http.Request, at string) {
	out := answer.Nothing
	if strings.HasPrefix(at, "/view/") {
		out = answer.NoSpace
		out.Status = http.StatusNotFound
	}
	if answer.WantsPage(r) {
		page, _ := h.page(r)
		h.pages.Refuse(w, r, out, page)
		return
	}
	out.Write(w)
}

// refusePage is the page of a refusal, with the way back to where one can begin again.
func (h *Handler) refusePage(w http.ResponseWriter, r *http.Request, err error) {
	page, _ := h.page(r)
	page.Error = &pages.Refusal{Again: page.Home, Window: true}
	if errors.Is(err, connect.ErrMissingScopes) {
		for _, s := range h.language(r).scopes {
			page.Error.Missing = append(page.Error.Missing, s.Description)
		}
	}
	h.pages.Refuse(w, r, refusalFor(err), page)
}
