// Package hostjwt makes a gate for a host application whose sessions are JWTs (RFC 7519) that it signs itself, in a
// cookie or a header. The configuration fixes the algorithm.
//
// Tokens of an identity provider are for package bearer.
package hostjwt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/memo"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/token"
)

// New makes a gate that accepts JWTs of the host. A token must be signed with the Algorithm by one of the host's keys, be
// valid already, have an exp that has not passed, and be meant for the Audience. New touches no network, and reports everything that
// is wrong with cfg. Close the gate to end a fetch of keys in progress.
//
// # What is refused
//
// As RFC 8725 has it, the token decides nothing about how it is checked. Refused are: another algorithm than the
// configured one, none included; the members crit, jwk, jku, x5u, x5c, b64, enc, zip and cty of a header, by which it
// brings its own key, changes what is signed or has another token in it; another typ than JWT and at+jwt; a name that occurs twice; a
// token without exp; one that is bound to a key of the client (cnf), or reports events; more than 8 KiB;
// several tokens. It does NOT check whether a token was seen before.
//
// # Answers
//
// A request without a token is unauthenticated. So is one with an expired token in a cookie: an opened page is redirected to the login, as
// cookies stay in browsers longer than the sessions in them. All else that is not accepted is an error, and says so: 400
// invalid_request for several tokens or one that is too long, 401 invalid_token for the others, in a header an expired
// one too. A page with such a cookie gets a link to the login. While a key set is not available, the answer is 503.
//
// # The user
//
// The ID is the claim as it is: unlike that of package bearer, it has no issuer in it. It must be a text without
// invisible characters, of at most 255 bytes. An address that is not well formed is left out, and counts as verified
// only if the claim is true.
//
// # What is remembered
//
// The gate remembers the exact bytes of good tokens for Remember, until they expire, until [middleware.Gate.Invalidate],
// and, with Keys, until the key is gone from Keys: at most 8,192 tokens, none longer than 4,096 bytes. Refused
// tokens are not remembered. A token cannot be revoked by itself: give a record of Revocations, and a claim with the session.
func New(cfg Config) (*middleware.Gate, error) {
	cfg = cfg.withDefaults()
	keys, wrongKeys := newKeys(cfg)
	challenge := ""
	if cfg.Header == authorization {
		challenge = token.Challenge(realm, "", "", "")
	}
	r := newRecognizer(cfg, keys)
	gate, err := middleware.New(r, middleware.Config{
		LoginURL: cfg.LoginURL, ReturnParam: cfg.ReturnParam, Challenge: challenge, Revocations: cfg.Revocations,
		SessionLifetime: cfg.SessionLifetime, Events: cfg.Events, Logger: cfg.Logger,
	})
	if err := errors.Join(cfg.validate(), wrongKeys, err); err != nil {
		if keys != nil {
			keys.close()
		}
		return nil, err
	}
	return gate, nil
}

// recognizer implements [middleware.Recognizer].
type recognizer struct {
	cfg    Config
	keys   keys
	groups *provider.Groups
	tokens *memo.Table[string] // with the key; nil where nothing may be remembered
}

func newRecognizer(cfg Config, keys keys) *recognizer {
	h := &recognizer{
		cfg: cfg, keys: keys,
		groups: &provider.Groups{
			Claim: cfg.Claims.Groups, Format: cfg.GroupsFormat, Logger: cfg.Logger,
			Expected: func() bool { return cfg.Claims.Groups != defaultGroups },
		},
	}
	if cfg.Remember > 0 {
		h.tokens = memo.New[string]()
	}
	return h
}

// Recognize implements [middleware.Recognizer].
func (h *recognizer) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	text, err := h.cfg.find(r)
	if err != nil {
		return nil, h.cfg.explain(err)
	}
	if h.tokens == nil {
		u, _, _, err := h.read(r.Context(), text)
		return u, h.cfg.explained(err)
	}
	now := h.cfg.Now()
	if e := h.tokens.Find(text); e != nil && now.Before(e.Until) && h.keys.holds(e.Proof) {
		return e.User, nil
	}
	begun := h.tokens.Begin()
	u, until, by, err := h.read(r.Context(), text)
	if err != nil {
		return nil, h.cfg.explain(err)
	}
	if most := now.Add(h.cfg.Remember); most.Before(until) {
		until = most
	}
	h.tokens.Keep(begun, text, u, until, by)
	return u, nil
}

func (cfg *Config) explained(err error) error {
	if err == nil {
		return nil
	}
	return cfg.explain(err)
}

// read returns whom the token stands for, when it expires, and the key that signed it.
func (h *recognizer) read(ctx context.Context, text string) (*identity.User, time.Time, string, error) {
	if err := checkHeader(text, h.cfg.Algorithm); err != nil {
		return nil, time.Time{}, "", err
	}
	payload, by, err := h.keys.verify(ctx, text)
	if err != nil {
		return nil, time.Time{}, "", err
	}
	u, expiry, err := h.user(ctx, payload)
	return u, expiry, by, err
}

// Sought says by what the recognizer finds a user.
func (h *recognizer) Sought() string {
	if h.cfg.Cookie != "" {
		return fmt.Sprintf("the cookie %q", h.cfg.Cookie)
	}
	return "the header " + h.cfg.Header
}

// Invalidate implements [middleware.Invalidator].
func (h *recognizer) Invalidate(userID string) {
	if h.tokens != nil {
		h.tokens.Invalidate(userID)
	}
}

// Close implements [io.Closer].
func (h *recognizer) Close() error {
	h.keys.close()
	return nil
}

// HealthParts implements [health.Reporter].
func (h *recognizer) HealthParts() []health.Part { return h.keys.parts() }
