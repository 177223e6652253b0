package oidclogin

import (
	"crypto/aes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/gorilla/securecookie"

	"github.com/go-pme/pme/internal/legible"
)

// maxCookie is the longest sealed cookie in bytes: browsers keep 4,096 for name, value and attributes.
const maxCookie = 3800

var errNotOpened = errors.New("oidclogin: a sealed value cannot be opened: forged, cut off, or from other keys")

// seals encrypt and authenticate values that leave this process.
type seals struct {
	codecs  []*securecookie.SecureCookie
	binding string
}

// newSeals binds every value to one provider and client: with the same keys, a session of another provider
// does not open. That provider may call a different user by the same subject.
func newSeals(keys [][]byte, issuer, clientID string) *seals {
	sum := sha256.Sum256([]byte(issuer + "\n" + clientID))
	s := &seals{binding: "@" + base64.RawURLEncoding.EncodeToString(sum[:9])}
	for i := 0; i+1 < len(keys); i += 2 {
		// No age and no length: sealed values carry their own times, on the injected clock.
		codec := securecookie.New(keys[i], keys[i+1]).SetSerializer(lean{}).MaxAge(0).MaxLength(0)
		s.codecs = append(s.codecs, codec)
	}
	return s
}

// seal returns v in a form that opens under the same name only.
func (s *seals) seal(name string, v sealable) (string, error) {
	return s.codecs[0].Encode(name+s.binding, v)
}

// open fills v with the value that was sealed under that name. After an error, v is unchanged.
func (s *seals) open(name, sealed string, v sealable) error {
	for _, codec := range s.codecs {
		if codec.Decode(name+s.binding, sealed, v) == nil {
			return nil
		}
	}
	return errNotOpened
}

// checkKeys reports problems of pairs of keys, without their values.
func checkKeys(keys [][]byte) error {
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

// A sealable value can be sealed. parse changes nothing if it fails.
type sealable interface {
	appendTo(b []byte) []byte
	parse(b []byte) error
}

// lean is the [securecookie.Serializer] of all sealed values. It asks the value itself, as gob and
// reflection cost more than the cryptography.
type lean struct{}

var errNotSealable = errors.New("oidclogin: not a sealable value")

func (lean) Serialize(src any) ([]byte, error) {
	v, ok := src.(sealable)
	if !ok {
		return nil, errNotSealable
	}
	return v.appendTo(make([]byte, 0, 512)), nil
}

func (lean) Deserialize(src []byte, dst any) error {
	v, ok := dst.(sealable)
	if !ok {
		return errNotSealable
	}
	return v.parse(src)
}
