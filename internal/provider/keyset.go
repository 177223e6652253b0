package provider

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
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
	all   *oidc.StaticKeySet            // for tokens that do not name their key
	named map[string]*oidc.StaticKeySet // by key ID
	at    time.Time
}

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
	set := &keySet{all: new(oidc.StaticKeySet), named: make(map[string]*oidc.StaticKeySet), at: at}
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
	s.addPublic(jwk.KeyID, jwk.Public().Key)
	return nil
}

// addPublic leaves out symmetric keys, which check no signature here.
func (s *keySet) addPublic(id string, key crypto.PublicKey) {
	switch key.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey:
	default:
		return
	}
	if s.named[id] == nil {
		s.named[id] = new(oidc.StaticKeySet)
	}
	s.named[id].PublicKeys = append(s.named[id].PublicKeys, key)
	s.all.PublicKeys = append(s.all.PublicKeys, key)
}

var errUnknownKey = errors.New("the token names a key that is not in the set")

// VerifySignature implements [oidc.KeySet]. A token that names its key is checked against that key only.
func (s *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	keys, id := s.all, keyID(token)
	if id != "" {
		if keys = s.named[id]; keys == nil {
			return nil, errUnknownKey
		}
	}
	return keys.VerifySignature(ctx, token)
}

// keyID returns the key ID in a token's header, and "" if there is none or the header cannot be read.
func keyID(token string) string {
	encoded, _, _ := strings.Cut(token, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	var header struct {
		KeyID string `json:"kid"`
	}
	if err != nil || json.Unmarshal(decoded, &header) != nil {
		return ""
	}
	return header.KeyID
}

// age treats a set that is not there as too old.
func (s *keySet) age(now time.Time) time.Duration {
	if s == nil {
		return keysEnd
	}
	return now.Sub(s.at)
}
