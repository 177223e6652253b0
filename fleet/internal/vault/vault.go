// Package vault seals what a fleet stores, and names it by keyed hashes, so that a dump of the store tells nothing.
//
// The keys of the operator seal. One random key, the fleet's own, names. It is stored itself, sealed under each of the
// operator's keys: they can be rotated, and the names stay the same. Otherwise old and new names would miss each
// other's revocations.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
)

// KeySize is the length of each key, in bytes.
const KeySize = 32

// ErrOtherKey means that none of the keys opens what was sealed.
var ErrOtherKey = errors.New("it was sealed under a key that is not among those of this process")

// Keys seal under the first key, and open under all. They are safe for concurrent use.
type Keys struct{ list []key }

type key struct {
	id    string
	aead  cipher.AEAD
	signs []byte
}

// New checks the keys.
func New(keys [][]byte) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is none: give at least one of 32 bytes")
	}
	k := new(Keys)
	for i, secret := range keys {
		if len(secret) != KeySize {
			return nil, fmt.Errorf("number %d has %d bytes: each must have %d", i+1, len(secret), KeySize)
		}
		sealing, err := newKey(secret)
		if err != nil {
			return nil, err
		}
		k.list = append(k.list, sealing)
	}
	return k, nil
}

// newKey derives from the secret what seals, and an ID that tells nothing about it.
func newKey(secret []byte) (key, error) {
	block, err := aes.NewCipher(mac(secret, "seal"))
	if err != nil {
		return key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return key{}, err
	}
	return key{id: encode(mac(secret, "id")[:6]), aead: aead, signs: mac(secret, "sign")}, nil
}

// ID names the key that seals.
func (k *Keys) ID() string { return k.list[0].id }

// Seal seals text for one purpose: it opens for the same purpose only.
func (k *Keys) Seal(purpose string, text []byte) string {
	first := k.list[0]
	return first.id + string(first.aead.Seal(nil, nil, text, []byte(purpose)))
}

// Open returns the text that was sealed for the purpose. It returns [ErrOtherKey] if the key is another.
func (k *Keys) Open(purpose, sealed string) ([]byte, error) {
	for _, key := range k.list {
		if len(sealed) < len(key.id) || sealed[:len(key.id)] != key.id {
			continue
		}
		text, err := key.aead.Open(nil, nil, []byte(sealed[len(key.id):]), []byte(purpose))
		if err != nil {
			return nil, errors.New("what is stored cannot be opened: it was changed, or stored for another purpose")
		}
		return text, nil
	}
	return nil, ErrOtherKey
}

// Sign returns characters that tell the text from one that was not signed.
func (k *Keys) Sign(text string) string { return encode(mac(k.list[0].signs, text)[:9]) }

// Signed reports whether the text was signed under one of the keys.
func (k *Keys) Signed(text, signature string) bool {
	for _, key := range k.list {
		if hmac.Equal([]byte(encode(mac(key.signs, text)[:9])), []byte(signature)) {
			return true
		}
	}
	return false
}

// Names names what is stored by hashes under the fleet's own key. They are safe for concurrent use.
type Names struct{ secret []byte }

// NewNames makes the key of a new fleet.
func NewNames() *Names {
	secret := make([]byte, KeySize)
	_, _ = rand.Read(secret) // never fails
	return &Names{secret}
}

const namesPurpose = "names"

// Sealed is the key of the names, sealed under the key that k seals with.
func (n *Names) Sealed(k *Keys) string { return k.Seal(namesPurpose, n.secret) }

// OpenNames opens the key of the names.
func OpenNames(k *Keys, sealed string) (*Names, error) {
	secret, err := k.Open(namesPurpose, sealed)
	if err != nil {
		return nil, err
	}
	return &Names{secret}, nil
}

// Same reports whether both give the same names.
func (n *Names) Same(other *Names) bool { return hmac.Equal(n.secret, other.secret) }

// Of returns the name of what these parts identify: 22 characters. Different parts have different names.
func (n *Names) Of(parts ...string) string {
	b := make([]byte, 0, 128)
	for _, part := range parts {
		b = strconv.AppendInt(b, int64(len(part)), 10)
		b = append(b, ':')
		b = append(b, part...)
	}
	return encode(mac(n.secret, string(b))[:16])
}

func mac(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
