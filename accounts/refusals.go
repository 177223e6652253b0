package handler

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/internal/answer"
)

// errUnconfirmed says that a connection is not forgotten without being asked twice.
var errUnconfirmed = errors.New("the connection's ID is not confirmed")

var connectRefusals = []knownRefusal{
	{connect.ErrNotSignedIn, refusal{http.StatusUnauthorized, "login_required", "Please sign in.", 0}},
	{connect.ErrDenied, refusal{http.StatusForbidden, "access_denied", "You may not connect Matterport accounts here.", 0}},
	{connect.ErrInvalid, refusal{http.StatusBadRequest, "invalid_request", "This request cannot be understood. A name may have 100 characters.", 0}},
	{connect.ErrNotConnected, refusal{http.StatusNotFound, "not_connected", "This Matterport account is not connected.", 0}},
	{connect.ErrSeveral, refusal{http.StatusConflict, "several_connections", "You have connected several Matterport accounts. Choose one of them.", 0}},
	{connect.ErrTooMany, refusal{http.StatusConflict, "too_many_connections", "You have connected as many Matterport accounts as you may. Forget one of them first.", 0}},
	{connect.ErrReconnect, refusal{http.StatusUnauthorized, "reconnect_required", "This Matterport account has to be connected again.", 0}},
	{connect.ErrAttemptOver, refusal{
		http.StatusBadRequest, "attempt_over",
		"This attempt to connect is over. It took longer than ten minutes, has ended before, or was begun elsewhere. Please begin again.", 0,
	}},
	{connect.ErrConsentDenied, refusal{http.StatusForbidden, "consent_denied", "You did not agree at Matterport. Nothing was connected.", 0}},
	{connect.ErrAccountRefused, refusal{
		http.StatusForbidden, "account_refused",
		"Matterport does not let this account be connected here. The application is in Development Mode, or is not approved for this account. Please tell whoever runs this site.", 0,
	}},
	{connect.ErrMissingScopes, refusal{
		http.StatusForbidden, "missing_scopes",
		"Not everything that is needed was allowed. Nothing was connected. Please connect again, and leave all permissions ticked:", 0,
	}},
	{connect.ErrModelNotFound, refusal{http.StatusNotFound, "model_not_found", "This space is not in the connected account.", 0}},
	{connect.ErrRateLimited, refusal{http.StatusTooManyRequests, "temporarily_unavailable", "You have asked for much in a short time. Please wait a moment.", time.Minute}},
	{connect.ErrUpstream, refusal{http.StatusBadGateway, "upstream_error", "Matterport accounts cannot be connected or used at present. Please tell whoever runs this site.", 0}},
	{errUnconfirmed, refusal{
		http.StatusConflict, "confirmation_required",
		"This site would forget the account, and could show its spaces no more. The permission at Matterport would stay: it can be withdrawn there, in the account's settings. Confirm by the connection's ID.", 0,
	}},
	{connect.ErrUnavailable, refusal{http.StatusServiceUnavailable, "temporarily_unavailable", "Matterport accounts cannot be connected or used for the moment. Please try again shortly.", 5 * time.Second}},
}

// refuse answers err in JSON. The connections have logged it.
func (c *Connect) refuse(w http.ResponseWriter, r *http.Request, v visit, err error) {
	out := refusalFor(err)
	out.header(w.Header())
	var extra []answer.Member
	if out.code == "reconnect_required" || out.code == "not_connected" {
		at := url.URL{Path: mountedAt(r)}
		if v.id != "" && out.code == "reconnect_required" {
			at.RawQuery = "connection=" + v.id
		}
		extra = append(extra, answer.Member{Name: "connect_url", Value: at.String()})
	}
	answer.Error(w, out.status, out.code, c.cfg.Strings.refused(out), extra...)
}

// failConnect is the page of a refusal, with the way back to where one can begin again.
func (c *Connect) failConnect(w http.ResponseWriter, r *http.Request, err error) {
	data := c.connectPage(r)
	data.Error = &ErrorPage{Again: data.Home, Window: true}
	if errors.Is(err, connect.ErrMissingScopes) {
		data.Error.Scopes = c.scopes
	}
	c.fail(w, r, err, data)
}
