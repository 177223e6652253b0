package member

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
)

func newKeys(t *testing.T, of string) *vault.Keys {
	t.Helper()
	keys, err := vault.New([][]byte{bytes.Repeat([]byte(of), vault.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestRecordOfALaterVersionEmptiesTheCaches(t *testing.T) {
	keys := newKeys(t, "k")
	for name, text := range map[string]string{
		"another kind":              `{"kind":"group","g":"guests"}`,
		"a known kind, and more":    `{"t":{"u":"alice"},"also":{"u":"bob"}}`,
		"more in what it selects":   `{"t":{"u":"alice","device":"phone"}}`,
		"nothing known selected":    `{"t":{"device":"phone"}}`,
		"a session without a user":  `{"t":{"s":"phone"}}`,
		"everything of a user":      `{"t":{"a":true,"u":"alice"}}`,
		"not everything":            `{"t":{"a":false}}`,
		"nothing":                   `{}`,
		"a known field, other form": `{"t":["alice","bob"]}`,
		"another form":              `revoke alice`,
	} {
		e, err := parseEntry(keys, "7.abc."+keys.Seal(logPurpose, []byte(text)))
		if err != nil || !e.Forget || e.strange == nil || e.number != 7 {
			t.Errorf("%s: %+v, %v: it is skipped", name, e, err)
		}
	}
	if e, err := parseEntry(keys, "7.abc."+newKeys(t, "o").Seal(logPurpose, []byte(`{"s":"alice"}`))); err != nil || !e.Forget {
		t.Errorf("under another key: %+v, %v", e, err)
	}
}

func TestRecordOfThisVersionIsUnderstood(t *testing.T) {
	keys := newKeys(t, "k")
	for _, r := range []Record{
		{Tokens: &store.Selector{User: "alice", Session: "phone", Model: "m"}, Life: 1},
		{Tokens: &store.Selector{Token: "t"}},
		{Session: "alice", Until: 5, Life: 9},
		{Session: "bob"},
		{Tokens: &store.Selector{All: true}, Life: 1},
		{Collected: true},
	} {
		e, err := parseEntry(keys, "7.abc."+r.seal(keys))
		if err != nil || e.Forget || e.strange != nil {
			t.Errorf("%+v: %+v, %v", r, e, err)
		}
	}
}

// A version from before everything could be revoked at once reads these fields, and takes a record with any other for one of a
// later version: it empties its caches.
func TestVersionWithoutEverythingEmptiesItsCaches(t *testing.T) {
	keys := newKeys(t, "k")
	for _, r := range []Record{{Tokens: &store.Selector{All: true}, Life: 1}, {Collected: true}} {
		text, err := keys.Open(logPurpose, r.seal(keys))
		if err != nil {
			t.Fatal(err)
		}
		strict := json.NewDecoder(bytes.NewReader(text))
		strict.DisallowUnknownFields()
		if err := strict.Decode(new(struct {
			T *struct{ U, S, M, T string }
			S string
			U int64
			F bool
			L int64
		})); err == nil {
			t.Errorf("%s: an older version takes it for one of its own", text)
		}
	}
}
