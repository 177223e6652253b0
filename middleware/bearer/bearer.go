// Package bearer makes a gate for clients that send a token with every request, as single-page
// applications do:
//
//	Authorization: Bearer <ID token or JWT access token>
package bearer

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/memo"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/token"
)

// New makes a gate that accepts JWTs. A token must be signed by one of the issuer's keys, be meant for
// the audience, be valid already and not have expired. Algorithm none and HMAC are never accepted.
// Neither are tokens that are bound to a key of the client (RFC 9449 §7.1), as the sender of one has to
// prove more than having it, nor logout tokens. It does NOT check nonce and at_hash: they are for the
// client that asked for the token.
//
// # The user
//
// The ID is issuer and subject, joined by a number sign: https://id.example.com#248289761001. The e-mail
// address is used if the provider has verified it, and left out otherwise; a sid becomes the Session. A
// user whose groups the provider left out of the token because they are too many is refused, since no
// groups would not be the truth.
//
// # Answers
//
// A request without a token is unauthenticated. An invalid token is always an error, never treated as
// unauthenticated, so that a client learns of it (RFC 6750 §3.1): 400 invalid_request for something that
// is not a token, for two tokens, and for a token in the query; 401 invalid_token; 403
// insufficient_scope; 403 access_denied for groups left out. A token in a body is not looked for. While
// the keys are not available, a token that is not remembered gets 503.
//
// # What is remembered
//
// Checking a signature costs more than all else on the way to an answer. The gate therefore remembers
// the exact bytes of valid tokens until they expire, for Remember at most, or until
// [middleware.Gate.Invalidate]: at most 8,192 tokens, none longer than 4,096 bytes. A token may survive
// the withdrawal of its key for that long. Refused tokens are not remembered.
//
// A token cannot be revoked: after Invalidate it is checked again, and counts until it expires.
//
// # Keys
//
// New touches no network, and reports everything that is wrong with cfg. The keys are fetched with the
// first token, and again when they are an hour old or a token fits none of them, but not within 5
// seconds of the last fetch. While the provider does not answer, the keys of the last day serve. Close
// the gate to end a fetch in progress.
//
// A token names its key (kid). One that does not is accepted if one key only is for its algorithm, or if one
// of at most two keys that have no name signed it.
func New(cfg Config) (*middleware.Gate, error) {
	cfg = cfg.withDefaults()
	r := newRecognizer(cfg)
	gate, err := middleware.New(r, middleware.Config{
		LoginURL: cfg.LoginURL, Challenge: token.Challenge(cfg.Realm, "", "", ""), Events: cfg.Events, Logger: cfg.Logger,
	})
	if err := errors.Join(cfg.validate(), err); err != nil {
		return nil, err
	}
	return gate, nil
}

// recognizer implements [middleware.Recognizer].
type recognizer struct {
	cfg    Config
	groups *provider.Groups
	keys   oidc.KeySet
	checks oidc.Config
	tokens *memo.Table[struct{}] // nil where nothing may be remembered
	close  func()
	health condition.Condition // of a KeySet of the host
	parts  []health.Part
}

func newRecognizer(cfg Config) *recognizer {
	b := &recognizer{
		cfg: cfg,
		groups: &provider.Groups{
			Claim: cfg.GroupsClaim, Format: cfg.GroupsFormat, Logger: cfg.Logger,
			Expected: func() bool { return cfg.GroupsClaim != defaultGroupsClaim },
		},
		keys: cfg.KeySet,
		checks: oidc.Config{
			ClientID:             cfg.Audience,
			SupportedSigningAlgs: cfg.Algorithms,
			Now:                  func() time.Time { return cfg.Now().Add(-cfg.Leeway) },
		},
		close: func() {},
	}
	if b.keys == nil {
		client := provider.NewClient(cfg.HTTPClient)
		keys := provider.NewKeys(provider.Config{Issuer: cfg.Issuer, DiscoveryURL: cfg.DiscoveryURL, Client: client, Logger: cfg.Logger, Now: cfg.Now})
		b.keys = keys
		b.parts = []health.Part{keys.HealthPart("keys")}
		b.close = func() { keys.Close(); client.CloseIdleConnections() }
	}
	if b.parts == nil {
		b.parts = []health.Part{b.health.Part("keys")}
	}
	if cfg.Remember > 0 {
		b.tokens = memo.New[struct{}]()
	}
	return b
}

// Recognize implements [middleware.Recognizer].
func (b *recognizer) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	text, err := token.Bearer(r)
	if err != nil {
		return nil, b.explain(err)
	}
	if b.tokens == nil {
		u, _, err := b.read(r.Context(), text)
		return u, err
	}
	now := b.cfg.Now()
	if e := b.tokens.Find(text); e != nil && now.Before(e.Until) {
		return e.User, nil
	}
	begun := b.tokens.Begin()
	u, expiry, err := b.read(r.Context(), text)
	if err != nil {
		return nil, err
	}
	until := now.Add(b.cfg.Remember)
	if expiry.Before(until) {
		until = expiry
	}
	b.tokens.Keep(begun, text, u, until, struct{}{})
	return u, nil
}

// Invalidate implements [middleware.Invalidator].
func (b *recognizer) Invalidate(userID string) {
	if b.tokens != nil {
		b.tokens.Invalidate(userID)
	}
}

// Close implements [io.Closer].
func (b *recognizer) Close() error {
	b.close()
	return nil
}

// HealthParts implements [health.Reporter].
func (b *recognizer) HealthParts() []health.Part { return b.parts }

// read returns whom the token stands for, and when it expires.
func (b *recognizer) read(ctx context.Context, text string) (*identity.User, time.Time, error) {
	if err := token.Check(text); err != nil {
		return nil, time.Time{}, b.explain(err)
	}
	verified, err := b.verify(ctx, text)
	if err != nil {
		return nil, time.Time{}, err
	}
	u, err := b.user(ctx, text, verified)
	if err != nil {
		return nil, time.Time{}, b.explain(err)
	}
	return u, verified.Expiry, nil
}
