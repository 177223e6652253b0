package matterport

import (
	"context"
	"errors"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

// The states of Matterport as seen by one application. Unauthenticated probes show them.
const (
	healthSilent    = health.Degraded("Matterport does not answer")
	healthLimited   = health.Degraded("Matterport limits the calls")
	healthRefused   = health.Degraded("Matterport refuses the application, an operator has to check its credentials and settings")
	healthMalformed = health.Degraded("Matterport is not understood, an operator has to check the API address and proxies")
)

// parts is embedded under a name that is not exported, and has no exported methods.
type parts = condition.Parts

var (
	_ condition.Reporting = (*Client)(nil)
	_ condition.Reporting = (*OAuthApp)(nil)
)

// conditions are how the last calls went that told something. Grants and calls are apart: an access token of
// a connected account that works does not show that the application is still accepted.
type conditions struct {
	grants    condition.Condition // of codes and refresh tokens
	calls     condition.Condition
	connected bool // the calls are made in the name of connected accounts
}

// note takes in how a call ended, after all its repeats; e is nil if it went well.
func (c *conditions) note(op string, e *Error) {
	one, accounts := &c.calls, c.connected
	if op == opCode || op == opRefresh {
		one, accounts = &c.grants, refusesAccount(e)
	}
	words, told := diagnose(e)
	switch {
	case !told || accounts && words == healthRefused:
	case words == "":
		one.Well()
	default:
		one.Degraded(words)
	}
}

// refusesAccount reports whether an application may be in order though it was refused: Matterport refuses
// some accounts to applications in Development Mode.
func refusesAccount(e *Error) bool {
	return e != nil && (e.Code == "access_denied" || e.Code == "unauthorized_client")
}

// diagnose returns what a call tells about Matterport: nothing wrong, or the words for it. What was refused
// before it was sent and a caller that has left tell nothing. A caller that has waited until its deadline does.
func diagnose(e *Error) (words health.Degraded, told bool) {
	switch {
	case e == nil:
		return "", true
	case errors.Is(e, ErrClosed), errors.Is(e, context.Canceled), errors.Is(e, ErrInvalid) && e.Status == 0:
		return "", false
	case errors.Is(e, ErrUnavailable):
		return healthSilent, true
	case errors.Is(e, ErrRateLimited):
		return healthLimited, true
	case errors.Is(e, ErrUnauthorized):
		return healthRefused, true
	case errors.Is(e, ErrMalformed):
		return healthMalformed, true
	}
	return "", true // it has answered: the model or the grant is gone, or the request is at fault
}
