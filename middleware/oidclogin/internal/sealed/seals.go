// Package sealed encrypts and authenticates what a login gives away: cookies, and values in the store.
package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/secret"
)

// ErrNotOpened is the error for a value that does not open.
var ErrNotOpened = errors.New("oidclogin: a sealed value cannot be opened: forged, cut off, of another version, or from other keys")

// A Value can be sealed. Parse changes nothing if it fails.
type Value interface {
	AppendTo(b []byte) []byte
	Parse(b []byte) error
}

// Seals encrypt and authenticate values that leave this process, by AES-256-GCM with random nonces. They are
// safe for concurrent use.
type Seals struct {
	fixed   []cipher.AEAD // of the keys
	binding string

	source  *secret.Source // may be nil
	current atomic.Pointer[ring]
}

// A ring has the fixed keys, and after them those of one version of the source. The first one seals.
type ring struct {
	values []string
	aeads  []cipher.AEAD
}

// New makes Seals of pairs of keys that [CheckKeys] accepts, and of a source of others, which may be nil. It binds every value to one provider and client:
// with the same keys, a session of another provider does not open. That provider may call a different user
// by the same subject.
func New(keys [][]byte, source *secret.Source, issuer, clientID string) (*Seals, error) {
	sum := sha256.Sum256([]byte(issuer + "\n" + clientID))
	s := &Seals{source: source, binding: "@" + base64.RawURLEncoding.EncodeToString(sum[:9])}
	for pair := range slices.Chunk(keys, 2) {
		aead, err := newAEAD(pair)
		if err != nil {
			return nil, fmt.Errorf("oidclogin: CookieKeys: %w", err)
		}
		s.fixed = append(s.fixed, aead)
	}
	if source != nil {
		if _, err := s.renew(source.Values()); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// aeads returns the keys as they are now.
func (s *Seals) aeads() []cipher.AEAD {
	if s.source == nil {
		return s.fixed
	}
	values := s.source.Values()
	current := s.current.Load()
	if &current.values[0] == &values[0] { // a source never changes a slice
		return current.aeads
	}
	if renewed, err := s.renew(values); err == nil {
		return renewed.aeads
	}
	return current.aeads
}

// renew takes in the values of the source.
func (s *Seals) renew(values []string) (*ring, error) {
	next := &ring{values: values, aeads: slices.Clone(s.fixed)}
	for _, value := range values {
		aead, err := newAEAD([][]byte{[]byte(value)})
		if err != nil {
			return nil, fmt.Errorf("oidclogin: CookieSecrets: %w", err)
		}
		next.aeads = append(next.aeads, aead)
	}
	s.current.Store(next)
	return next, nil
}

// newAEAD derives one key from both keys of a pair, so that it takes both to open a value.
func newAEAD(pair [][]byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, slices.Concat(pair...), nil, "pme oidclogin sealed value", 32)
	if err != nil {
		return nil, err //nolint:wrapcheck // New wraps it
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err //nolint:wrapcheck // New wraps it
	}
	return cipher.NewGCMWithRandomNonce(block) //nolint:wrapcheck // New wraps it
}

// Binding is a short text that is another one for each provider and client.
func (s *Seals) Binding() string { return s.binding }

// Seal returns v in a form that opens under the same name only. It has letters, digits, hyphens and
// underscores.
func (s *Seals) Seal(name string, v Value) string {
	plain := v.AppendTo(make([]byte, 0, 512))
	return base64.RawURLEncoding.EncodeToString(s.aeads()[0].Seal(nil, nil, plain, []byte(name+s.binding))) //nolint:gosec // the AEAD makes a random nonce itself
}

// Open fills v with the value that was sealed under that name. After an error, v is unchanged.
func (s *Seals) Open(name, sealed string, v Value) error {
	cipherText, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil || strings.ContainsAny(sealed, "\r\n") { // which base64 skips
		return ErrNotOpened
	}
	for _, aead := range s.aeads() {
		plain, err := aead.Open(nil, nil, cipherText, []byte(name+s.binding))
		if err == nil {
			return v.Parse(plain)
		}
	}
	return ErrNotOpened
}

// CheckSecret reports a value of a source that is too short to be a key.
func CheckSecret(value string) error {
	if len(value) < 32 {
		return errors.New("a value has less than 32 bytes: make one by openssl rand -base64 48")
	}
	return nil
}

// CheckKeys reports problems of pairs of keys, without their values.
func CheckKeys(keys [][]byte) error {
	if len(keys) == 0 || len(keys)%2 != 0 {
		return errors.New("oidclogin: CookieKeys must be pairs: one key to authenticate, one to encrypt; make them of random bytes")
	}
	var errs []error
	for i, key := range keys {
		if wrong := legible.InKey(key); wrong != "" {
			errs = append(errs, fmt.Errorf("oidclogin: CookieKeys[%d] %s", i, wrong))
		}
	}
	for i := 0; i < len(keys); i += 2 {
		if len(keys[i]) < 32 {
			errs = append(errs, fmt.Errorf("oidclogin: CookieKeys[%d], which authenticates, must have at least 32 bytes", i))
		}
		if _, err := aes.NewCipher(keys[i+1]); err != nil {
			errs = append(errs, fmt.Errorf("oidclogin: CookieKeys[%d], which encrypts, must have 16, 24 or 32 bytes", i+1))
		}
	}
	return errors.Join(errs...)
}
