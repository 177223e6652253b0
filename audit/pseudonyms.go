package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/go-pme/pme/event"
)

// Pseudonyms replaces users, sessions and client addresses by keyed hashes, and leaves out all text that can name a
// person: groups, and details but for the number and the line of a rule. Who has the key can find the records of
// a user whose ID they know. Once the key is thrown away, that is not possible any more.
//
// One user has the same pseudonym in all records under one key, and another one under another key.
type Pseudonyms struct {
	keys [][]byte
}

// NewPseudonyms returns Pseudonyms with keys of at least 32 random bytes. The first is used for new records. Keep
// older ones behind it as long as records under them shall be found.
func NewPseudonyms(keys ...[]byte) (*Pseudonyms, error) {
	if len(keys) == 0 {
		return nil, errors.New("audit: there is no key for pseudonyms: give 32 random bytes")
	}
	p := &Pseudonyms{}
	for i, key := range keys {
		if len(key) < shortestKey {
			return nil, fmt.Errorf("audit: key %d for pseudonyms has %d bytes: give at least %d random ones", i+1, len(key), shortestKey)
		}
		p.keys = append(p.keys, slices.Clone(key))
	}
	return p, nil
}

// Of returns the pseudonyms of a user's ID under all keys, the newest first.
func (p *Pseudonyms) Of(userID string) []string {
	out := make([]string, len(p.keys))
	for i, key := range p.keys {
		out[i] = pseudonym(key, "user", userID)
	}
	return out
}

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// pseudonym begins with a mark of the key, so that it is seen which key a record needs.
func pseudonym(key []byte, what, value string) string {
	if value == "" {
		return ""
	}
	return "~" + hex.EncodeToString(mac(key, "key", "")[:2]) + encoding.EncodeToString(mac(key, what, value)[:15])
}

func mac(key []byte, what, value string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(what + "\x00" + value))
	return h.Sum(nil)
}

// replace takes the personal data out of r.
func (p *Pseudonyms) replace(r *Record) {
	if p == nil {
		return
	}
	key := p.keys[0]
	r.User, r.By = pseudonym(key, "user", r.User), pseudonym(key, "user", r.By)
	r.Session, r.Client = pseudonym(key, "session", r.Session), pseudonym(key, "client", r.Client)
	r.Connection = pseudonym(key, "connection", r.Connection)
	r.Groups, r.RequestID, r.Path = nil, "", ""
	r.Reason, r.Part = aWord.FindString(r.Reason), aWord.FindString(r.Part)
	if !slices.Contains(factual, r.Kind) {
		r.Detail = impersonal(r.Detail)
	}
}

// factual are the kinds of records whose details name no one.
var factual = []event.Kind{
	event.Configured, event.PolicyChanged, event.TroubleBegan, event.TroubleEnded, event.SecretChanged, event.SecretRejected,
	TrailBegan, TrailClosed, RecordsLost, RecordsExpired, RefusalsLeftOut,
}

// aWord is what reasons and parts of pme are. Those of a host can be any text.
var aWord = regexp.MustCompile(`^[a-z0-9_ -]{1,40}$`)

// aRule is where a detail names a rule, such as "rule 2 (allow.yaml:14): group "facilities"".
var aRule = regexp.MustCompile(`^rule \d+( \([^():]{1,100}:\d+\))?`)

// impersonal returns what a detail says without naming anyone.
func impersonal(detail string) string { return aRule.FindString(detail) }
