package provider

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// A keySet is the keys that a provider published at some time. It is never changed.
type keySet struct {
	all   []publicKey            // for tokens that do not name their key
	named map[string][]publicKey // by key ID; "" has those without one
	at    time.Time
}

// maxTried is how many keys a token is checked against: two, as while a provider replaces a key and gives
// both the same name, or none.
const maxTried = 2

var (
	errUnknownKey   = errors.New("the token names a key that is not in the set")
	errOtherKey     = errors.New("no key of the set is for the token's algorithm")
	errAmbiguousKey = errors.New("several keys of the set may have signed the token, and it does not say which")
	errNotSigned    = errors.New("no key of the set has signed the token")
)

// parseKeySet reads a JWK set (RFC 7517 §5). It leaves out keys of kinds and algorithms that cannot be
// used, and refuses a document that is not a key set, is empty, or has a key that cannot be read.
func parseKeySet(body []byte, at time.Time) (*keySet, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("the key set cannot be read: %w", err)
	}
	if len(document.Keys) == 0 {
		return nil, errors.New("the key set is empty")
	}
	set := &keySet{named: make(map[string][]publicKey), at: at}
	for _, text := range document.Keys {
		if err := set.add(text); err != nil {
			return nil, err
		}
	}
	return set, nil
}

func (s *keySet) add(text json.RawMessage) error {
	var key struct {
		Algorithm string `json:"alg"`
	}
	if err := json.Unmarshal(text, &key); err != nil {
		return fmt.Errorf("the key set has a key that cannot be read: %w", err)
	}
	if key.Algorithm != "" && !slices.Contains(Algorithms, key.Algorithm) {
		return nil
	}
	var jwk jose.JSONWebKey
	err := json.Unmarshal(text, &jwk)
	switch {
	case errors.Is(err, jose.ErrUnsupportedKeyType):
		return nil
	case err != nil:
		return fmt.Errorf("the key set has a key that cannot be read: %w", err)
	}
	if jwk.Use == "" || jwk.Use == "sig" { // others encrypt (RFC 7517 §4.2)
		s.addPublic(jwk.KeyID, publicKey{jwk.Public().Key, jwk.Algorithm})
	}
	return nil
}

// addPublic leaves out symmetric keys, which check no signature here, and what is there twice.
func (s *keySet) addPublic(id string, key publicKey) {
	public, ok := key.key.(interface{ Equal(crypto.PublicKey) bool })
	same := func(other publicKey) bool { return key.algorithm == other.algorithm && public.Equal(other.key) }
	if !ok || slices.ContainsFunc(s.named[id], same) {
		return
	}
	s.named[id] = append(s.named[id], key)
	s.all = append(s.all, key)
}

// candidates returns the keys that may have signed t: at least one and at most maxTried, so that a forged
// token costs no more than that many signatures. A token that does not name its key is one of a key without
// a name, or of the only one that is for its algorithm: OpenID Connect Core 1.0 §10.1 has it name the key
// where there are several.
func (s *keySet) candidates(t *compact) ([]publicKey, error) {
	keys, most := s.named[t.keyID], maxTried
	if len(keys) == 0 && t.keyID != "" {
		return nil, errUnknownKey
	}
	if len(keys) == 0 {
		keys, most = s.all, 1
	}
	fitting := make([]publicKey, 0, maxTried)
	for _, key := range keys {
		if !key.fits(t.algorithm) {
			continue
		}
		if len(fitting) == most {
			return nil, errAmbiguousKey
		}
		fitting = append(fitting, key)
	}
	if len(fitting) == 0 {
		return nil, errOtherKey
	}
	return fitting, nil
}

// screen refuses a token that no key has signed. It is made to refuse cheaply: VerifySignature has the last
// word on what it lets through.
func (s *keySet) screen(t *compact) error {
	keys, err := s.candidates(t)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(keys, func(key publicKey) bool { return key.mayHaveSigned(t) }) {
		return errNotSigned
	}
	return nil
}

// VerifySignature implements [oidc.KeySet].
func (s *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	t, err := parseCompact(token)
	if err != nil {
		return nil, err
	}
	keys, err := s.candidates(t)
	if err != nil {
		return nil, err
	}
	static := new(oidc.StaticKeySet)
	for _, key := range keys {
		static.PublicKeys = append(static.PublicKeys, key.key)
	}
	return static.VerifySignature(ctx, token)
}

// age treats a set that is not there as too old.
func (s *keySet) age(now time.Time) time.Duration {
	if s == nil {
		return keysEnd
	}
	return now.Sub(s.at)
}
