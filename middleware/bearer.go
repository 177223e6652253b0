package middleware

import (
	"context"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/identity"
)

// NewBearer makes a gate for clients that send a token with every request, as single-page applications
// do:
//
//	Authorization: Bearer <ID token or JWT access token>
//
// The token must be a JWT that is signed by one of the issuer's keys and meant for the audience, and its
// time must have come and not be over. Algorithm none and HMAC are never accepted. Neither are tokens
// that are bound to a key of the client (RFC 9449 §7.1), as whoever sends one has to prove more than
// having it, nor logout tokens. A nonce and at_hash are not checked: they are for the client that asked
// for the token.
//
// # Who it is
//
// The ID is issuer and subject, joined by a number sign: https://id.example.com#248289761001. The
// e-mail address is taken over if the provider has verified it, and not at all otherwise; a sid becomes
// the Session. Somebody whose groups the provider left out of the token because they are too many is
// refused, since no groups would not be the truth.
//
// # Answers
//
// No token is nobody. A token that is there and does not count is never nobody, so that a client learns
// of it (RFC 6750 §3.1): 400 invalid_request for what is not a token, for two of them, and for one in
// the query; 401 invalid_token; 403 insufficient_scope; 403 access_denied for groups left out. A token
// in a body is not looked for. While the keys cannot be had, what is not remembered is in doubt.
//
// # What is remembered
//
// Checking a signature costs more than all else on the way to an answer. The gate therefore remembers
// the exact bytes of tokens that were good, until they expire, for Remember at most, or until
// [Gate.Invalidate]: at most 8,192 tokens, none longer than 4,096 bytes. That long may a token survive the
// withdrawal of its key. Tokens that were refused are not remembered.
//
// A token cannot be taken back: after Invalidate it is checked anew, and counts until it expires.
//
// NewBearer touches no network. The keys are fetched with the first token, and again when they are an
// hour old or a token fits none of them, but not within 5 seconds of the last time; while the provider
// does not answer, those at hand serve for a day. It reports everything that is wrong with cfg.
func NewBearer(cfg BearerConfig) (*Gate, error) {
	cfg = cfg.withDefaults()
	refusal, err := cfg.validate()
	if err != nil {
		return nil, err
	}
	b := &bearerRecogniser{
		cfg:  cfg,
		keys: cfg.Keys,
		checks: oidc.Config{
			ClientID:             cfg.Audience,
			SupportedSigningAlgs: cfg.Algorithms,
			Now:                  func() time.Time { return cfg.Now().Add(-cfg.Skew) },
		},
	}
	if b.keys == nil {
		b.keys = newProviderKeys(cfg)
	}
	if cfg.Remember > 0 {
		b.tokens = newTable[struct{}]()
	}
	refusal.challenge = b.challenge("", "", "")
	return &Gate{who: b, refusal: refusal}, nil
}

type bearerRecogniser struct {
	cfg    BearerConfig
	keys   oidc.KeySet
	checks oidc.Config
	tokens *table[struct{}] // nil where nothing may be remembered
}

func (b *bearerRecogniser) recognise(r *http.Request) (*identity.User, error) {
	token, err := bearerToken(r)
	if err != nil {
		return nil, b.explain(err)
	}
	if b.tokens == nil {
		u, _, err := b.read(r.Context(), token)
		return u, err
	}
	now := b.cfg.Now()
	if e := b.tokens.find(token); e != nil && now.Before(e.until) {
		return e.user, nil
	}
	forgets := b.tokens.begin()
	u, until, err := b.read(r.Context(), token)
	if err != nil {
		return nil, err
	}
	b.tokens.keep(forgets, token, u, earlier(until, now.Add(b.cfg.Remember)), struct{}{})
	return u, nil
}

func (b *bearerRecogniser) forget(userID string) {
	if b.tokens != nil {
		b.tokens.forget(userID)
	}
}

// read returns whom the token stands for, and when it expires.
func (b *bearerRecogniser) read(ctx context.Context, token string) (*identity.User, time.Time, error) {
	if err := checkToken(token); err != nil {
		return nil, time.Time{}, b.explain(err)
	}
	verified, err := b.verify(ctx, token)
	if err != nil {
		return nil, time.Time{}, err
	}
	u, err := b.user(token, verified)
	if err != nil {
		return nil, time.Time{}, b.explain(err)
	}
	return u, verified.Expiry, nil
}
