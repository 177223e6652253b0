package matterport

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/rotation"
	"github.com/go-pme/pme/secret"
)

// newSecrets returns the client secrets of a configuration that was checked.
func newSecrets(cfg Config, part string) (*rotation.Ring, error) {
	ring := rotation.Config{Part: part, Source: cfg.ClientSecrets, Check: tidySecret, Events: cfg.Events, Now: cfg.Now}
	if cfg.ClientSecrets == nil {
		ring.Source, ring.Events = secret.Fixed(string(cfg.ClientSecret)), nil
	}
	return rotation.New(ring)
}

// secretParts returns what health shows of secrets that can change.
func (cfg Config) secretParts(api *upstream) []health.Part {
	if cfg.ClientSecrets == nil {
		return nil
	}
	return api.secrets.HealthParts()
}

func checkSource(s *secret.Source) error {
	remove, err := s.Register(secret.Consumer{Check: tidySecret})
	remove()
	return err //nolint:wrapcheck // the caller wraps it
}

func tidySecret(value string) error {
	if wrong := untidy(value); wrong != "" {
		return errors.New("a value " + wrong)
	}
	return nil
}

// grant asks the token endpoint with a client secret, and with another one if Matterport does not know that. A
// refusal of the client says nothing of a code or a refresh token, and does not use it up (RFC 6749 §3.2.1: the
// client is authenticated first).
func (u *upstream) grant(ctx context.Context, op string, form url.Values) (g *granted, e *Error) {
	pause := u.secrets.Show(ctx, func(secret string) rotation.Answer {
		g, e = u.grantWith(ctx, op, form, secret)
		return ofGrant(op, e)
	})
	if pause > 0 {
		return nil, keepsSecret(op, pause)
	}
	return g, e
}

// ofGrant says what an answer of the token endpoint tells of the client secret. A page of a proxy tells nothing, and a code
// that can be about one account says nothing of the secret that all accounts need.
func ofGrant(op string, e *Error) rotation.Answer {
	if e == nil {
		return rotation.Accepted
	}
	account := op != opAppToken && (e.Code == "access_denied" || e.Code == "unauthorized_client")
	switch {
	case e.Code == "invalid_client" && e.Status/100 == 4:
		return rotation.Refused
	case e.Status == http.StatusUnauthorized && e.Code != "" && !account && !errors.Is(e, errInvalidGrant): // not documented
		return rotation.Doubtful
	}
	return rotation.Silent
}

// withCredentials makes a call with a client secret among its arguments, and with another one if that may be what
// Matterport refuses: the code of such a refusal is not documented (docs/matterport.md §2).
func (u *upstream) withCredentials(ctx context.Context, op string, vars variables, call func(variables) *Error) (e *Error) {
	pause := u.secrets.Show(ctx, func(secret string) rotation.Answer {
		vars := maps.Clone(vars)
		vars["clientId"], vars["clientSecret"] = u.id, Secret(secret)
		e = call(vars)
		return ofMutation(op, e)
	})
	if pause > 0 {
		return keepsSecret(op, pause)
	}
	return e
}

// ofMutation says what an answer of the Model API tells of the client secret among the arguments.
func ofMutation(op string, e *Error) rotation.Answer {
	switch {
	case e == nil:
		return rotation.Accepted
	case e.Op != op || e.Status == 0: // no application token, or no answer
		return rotation.Silent
	case errors.Is(e, ErrUnauthorized), e.Code == "request.invalid",
		errors.Is(e, ErrInvalid) && kindOfCode(e.Code) == nil: // without a code, or with one that is not documented
		return rotation.Doubtful
	}
	return rotation.Silent
}

// keepsSecret is the error of a call that is not made, since Matterport has refused every client secret again and again.
func keepsSecret(op string, pause time.Duration) *Error {
	return &Error{
		Op: op, Err: ErrUnauthorized, RetryAfter: pause,
		Message: "Matterport has refused every client secret, and is not asked again for a while: check the client ID, and put the right secret where it is configured",
	}
}
