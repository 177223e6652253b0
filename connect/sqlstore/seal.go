package sqlstore

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

var (
	// ErrKeyMissing means that a value was sealed with a key that is not among Config.Keys.
	ErrKeyMissing = errors.New("a key is missing")

	// ErrDamaged means that a value in the database was changed, or moved from another row, after it was
	// sealed.
	ErrDamaged = errors.New("not what was sealed there")
)

// A place is where a sealed value belongs. A value that is sealed for one place cannot be opened in another.
type place struct {
	table, column string
	store.Key     // of an attempt: its user and its own ID
}

func (p place) String() string { return fmt.Sprintf("%s of %s %q", p.column, p.table, p.ID) }

// additional returns the data that authenticates the place. Lengths keep the parts apart.
func (p place) additional() (data []byte) {
	for _, part := range []string{"pme/connect/sqlstore", p.table, p.column, p.User, p.ID} {
		data = binary.AppendUvarint(data, uint64(len(part)))
		data = append(data, part...)
	}
	return data
}

// A mark begins each sealed value: the form that it has, and the ID of its key.
type mark [1 + idSize]byte

const form = 1

func markOf(k Key) (m mark) {
	id := k.id()
	m[0] = form
	copy(m[1:], id[:])
	return m
}

// A keyring seals with one key, and opens with several.
type keyring struct {
	first mark
	keys  map[mark]cipher.AEAD
}

// newKeyring returns a ring of keys that were checked, of which the first seals.
func newKeyring(keys []Key) (*keyring, error) {
	ring := &keyring{first: markOf(keys[0]), keys: make(map[mark]cipher.AEAD)}
	for _, k := range keys {
		secret := k.secret()
		block, err := aes.NewCipher(secret[:])
		if err != nil {
			return nil, fmt.Errorf("sqlstore: AES: %w", err)
		}
		// A random nonce is good for 2³² values: one refresh a second for 68 years.
		if ring.keys[markOf(k)], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("sqlstore: AES-GCM: %w", err)
		}
	}
	return ring, nil
}

// seal returns the sealed form of s for its place, nil for an empty one.
func (ring *keyring) seal(p place, s matterport.Secret) []byte {
	if s == "" {
		return nil
	}
	return ring.protect([]byte(s), p.additional())
}

// protect returns the sealed form of the text, which may be empty, with additional data.
func (ring *keyring) protect(text, additional []byte) []byte {
	sealed := bytes.Clone(ring.first[:])
	return ring.keys[ring.first].Seal(sealed, nil, text, additional) //nolint:gosec // no nonce: it makes one
}

// open returns what was sealed for the place.
func (ring *keyring) open(p place, sealed []byte) (matterport.Secret, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	opened, err := ring.reveal(p, sealed, p.additional())
	return matterport.Secret(opened), err
}

// reveal returns what was sealed with the additional data. The place is for the error.
func (ring *keyring) reveal(p place, sealed, additional []byte) ([]byte, error) {
	if len(sealed) < len(mark{}) || sealed[0] != form {
		return nil, fmt.Errorf("sqlstore: %v: %w", p, ErrDamaged)
	}
	m := mark(sealed[:len(mark{})])
	aead := ring.keys[m]
	if aead == nil {
		return nil, fmt.Errorf("sqlstore: %v: %w: %v", p, ErrKeyMissing, m)
	}
	opened, err := aead.Open(nil, nil, sealed[len(m):], additional)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %v: %w", p, ErrDamaged)
	}
	return opened, nil
}

// String returns the ID of the key.
func (m mark) String() string { return hex.EncodeToString(m[1:]) }
