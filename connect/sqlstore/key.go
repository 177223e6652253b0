package sqlstore

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// keySize is that of AES-256, in bytes.
const keySize = 32

// A Key encrypts the secrets in a database. It is 32 random bytes. Use it for this purpose only, and do not store it
// beside the database or its backups. The zero Key is not valid.
//
// A Key prints as its ID with all verbs of fmt, in slog and in JSON, also within a struct. Its text cannot be
// read back.
type Key struct {
	secret func() [keySize]byte // a func, as fmt prints the other kinds of unexported fields
}

var (
	_ fmt.Formatter          = Key{}
	_ encoding.TextMarshaler = Key{}
)

// NewKey returns a random key for tests. It is lost when the process ends.
func NewKey() Key {
	var secret [keySize]byte
	_, _ = rand.Read(secret[:]) // never fails
	return newKey(secret)
}

func newKey(secret [keySize]byte) Key {
	return Key{secret: func() [keySize]byte { return secret }}
}

var errKey = errors.New("sqlstore: a key is 32 random bytes in base64 or hexadecimal digits; make one with: openssl rand -base64 32")

// ParseKey reads a key of 32 bytes in base64, of the standard or the URL alphabet, with or without its
// padding, or in hexadecimal digits. White space around it is ignored, and so is a byte order mark, as a file may have
// one. The error says how to make a key. It does not quote the text.
func ParseKey(text string) (Key, error) {
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' })
	var secret []byte
	var err error
	if len(text) == hex.EncodedLen(keySize) {
		secret, err = hex.DecodeString(text)
	} else {
		text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		secret, err = base64.RawStdEncoding.Strict().DecodeString(text)
	}
	if err != nil || len(secret) != keySize {
		return Key{}, errKey // the cause would quote the text
	}
	if [keySize]byte(secret) == [keySize]byte{} {
		return Key{}, errors.New("sqlstore: a key of zeros only is none; make one with: openssl rand -base64 32")
	}
	return newKey([keySize]byte(secret)), nil
}

// idSize is the length of a key's ID, a prefix of its hash, in bytes.
const idSize = 8

// id returns a hash that identifies the key and reveals nothing else about it.
func (k Key) id() (id [idSize]byte) {
	h := sha256.New()
	_, _ = io.WriteString(h, "pme/connect/sqlstore: the ID of a key\x00")
	secret := k.secret()
	_, _ = h.Write(secret[:])
	copy(id[:], h.Sum(nil))
	return id
}

// ID returns the key's name in the database, in errors and in logs: 16 hexadecimal digits. It is not secret. It
// is empty for the zero Key.
func (k Key) ID() string {
	if k.secret == nil {
		return ""
	}
	id := k.id()
	return hex.EncodeToString(id[:])
}

// Format writes the ID, whatever the verb and its flags.
func (k Key) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, k.name()) }

// MarshalText returns the ID. It serves slog and JSON too. The error is always nil.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.name()), nil }

func (k Key) name() string { return "key " + k.ID() }

// checkList reports everything that is wrong with the keys of a configuration.
func checkList(keys []Key) error {
	if len(keys) == 0 {
		return errors.New("sqlstore: Config.Keys has no key: make one with ParseKey, from a text that is not stored with the database")
	}
	var wrong []error
	seen := make(map[string]bool)
	for i, k := range keys {
		switch id := k.ID(); {
		case k.secret == nil:
			wrong = append(wrong, fmt.Errorf("sqlstore: Config.Keys[%d] is the zero value, not a key: make one with ParseKey", i))
		case seen[id]:
			wrong = append(wrong, fmt.Errorf("sqlstore: Config.Keys[%d] is there twice: remove it", i))
		default:
			seen[id] = true
		}
	}
	return errors.Join(wrong...)
}
