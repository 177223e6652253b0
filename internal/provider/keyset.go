package provider

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// A keySet is the keys that a provider published at some time. It is never changed.
type keySet struct {
	all   []publicKey            // for tokens that do not name their key
	named map[string][]publicKey // by key ID; "" has those without one
	left  []string               // what was left out because it cannot be read, and why
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
	errUnnamedKey   = errors.New("the token does not name its key")
)

// parseKeySet reads a JWK set. It leaves out every key that it does not understand or cannot use, so that one of
// them does not cost the others (RFC 7517 §5). It refuses a document that is no key set, or has no other keys.
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
	for i, text := range document.Keys {
		if err := set.add(text); err != nil {
			set.left = append(set.left, fmt.Sprintf("key %d, kid %s: %s", i+1, keyID(text), Brief(err)))
		}
	}
	if len(set.all) == 0 {
		return nil, fmt.Errorf("none of the %d keys of the key set can check a signature%s", len(document.Keys), set.leftOut(": "))
	}
	return set, nil
}

// add returns an error if the key cannot be read, but not if it is for something else, such as encryption.
func (s *keySet) add(text json.RawMessage) error {
	var key struct {
		Use       string `json:"use"`
		Algorithm string `json:"alg"`
	}
	if err := json.Unmarshal(text, &key); err != nil {
		return err //nolint:wrapcheck // the caller names the key
	}
	if key.Use != "" && key.Use != "sig" || key.Algorithm != "" && !slices.Contains(Algorithms, key.Algorithm) {
		return nil
	}
	var jwk jose.JSONWebKey
	if err := json.Unmarshal(text, &jwk); err != nil {
		return err //nolint:wrapcheck // the caller names the key
	}
	if !jwk.Valid() {
		return errors.New("its members do not make a key")
	}
	s.addPublic(jwk.KeyID, publicKey{jwk.Public().Key, jwk.Algorithm})
	return nil
}

// leftOut says which keys cannot be read and why, with a text in front if there are any.
func (s *keySet) leftOut(before string) string {
	if len(s.left) == 0 {
		return ""
	}
	return before + Brief(errors.New(strings.Join(s.left, "; ")))
}

// keyID returns what a key calls itself, for the log.
func keyID(text json.RawMessage) string {
	var key struct {
		ID any `json:"kid"`
	}
	if err := json.Unmarshal(text, &key); err != nil || key.ID == nil {
		return "unknown"
	}
	return fmt.Sprintf("%.100q", fmt.Sprint(key.ID))
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
		return s.unsure(t, err)
	}
	if !slices.ContainsFunc(keys, func(key publicKey) bool { return key.mayHaveSigned(t) }) {
		return s.unsure(t, errNotSigned)
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
		return nil, s.unsure(t, err)
	}
	static := new(oidc.StaticKeySet)
	for _, key := range keys {
		static.PublicKeys = append(static.PublicKeys, key.key)
	}
	payload, err := static.VerifySignature(ctx, token)
	if err != nil {
		return nil, s.unsure(t, err)
	}
	return payload, nil
}

// unsure says of an error that newer keys may prove it wrong, if neither the token nor the keys have a name.
func (s *keySet) unsure(t *compact, err error) error {
	if t.keyID == "" && len(s.named[""]) > 0 {
		return fmt.Errorf("%w: %w", errUnnamedKey, err)
	}
	return err
}

// age treats a set that is not there as too old.
func (s *keySet) age(now time.Time) time.Duration {
	if s == nil {
		return keysEnd
	}
	return now.Sub(s.at)
}
