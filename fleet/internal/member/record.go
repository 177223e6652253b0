package member

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// A Record says what a revocation revokes.
type Record struct {
	Tokens  *store.Selector
	Session string // a name of sessions
	Until   int64  // those that were issued by then, in Unix milliseconds, instead of what began before

	// Forget means that caches are to be emptied, and that nothing new was revoked.
	Forget bool

	// Collected means that the tokens of a revocation of everything are out of the store, and that nothing new was revoked. A
	// version that knows this has nothing to do. One that knows neither this nor such a revocation empties its caches once
	// more: it may have cached what was in the store until then.
	Collected bool

	// Life is how long it counts, in milliseconds.
	Life int64
}

// written is a Record as it is sealed. A token is a text of its own: secrets redact themselves.
type written struct {
	Tokens  *selected `json:"t,omitempty"`
	Session string    `json:"s,omitempty"`
	Until   int64     `json:"u,omitempty"`
	Forget  bool      `json:"f,omitempty"`
	Done    bool      `json:"d,omitempty"`
	Life    int64     `json:"l,omitempty"`
}

type selected struct {
	User    string `json:"u,omitempty"`
	Session string `json:"s,omitempty"`
	Model   string `json:"m,omitempty"`
	Token   string `json:"t,omitempty"`

	// All is newer than the rest: a version that does not know it empties its caches. What else has to be done for it, the
	// evictor does: see package tokens.
	All bool `json:"a,omitempty"`
}

// subject returns what has a generation of its own. A single token has none.
func (r *Record) subject() (subject, bool) {
	switch {
	case r.Session != "":
		return subject{session: r.Session}, true
	case r.Tokens != nil && r.Tokens.Valid() && r.Tokens.Token == "":
		return subject{tokens: *r.Tokens}, true
	}
	return subject{}, false
}

// name is that of the generation.
func (s subject) name(n *vault.Names) string {
	if s.session != "" {
		return SessionName(n, s.session)
	}
	return SelectorName(n, s.tokens)
}

// SessionName is the name of a generation of sessions.
func SessionName(n *vault.Names, name string) string { return n.Of("session", name) }

// SelectorName is the name of the generation of what s selects. The Token of s does not count.
func SelectorName(n *vault.Names, s store.Selector) string {
	if s.All {
		return n.Of("all tokens")
	}
	return n.Of("tokens", s.User, s.Session, s.Model)
}

func (r *Record) life() time.Duration { return time.Duration(r.Life) * time.Millisecond }

const logPurpose = "log"

func (r *Record) seal(k *vault.Keys) string {
	w := written{Session: r.Session, Until: r.Until, Forget: r.Forget, Done: r.Collected, Life: r.Life}
	if t := r.Tokens; t != nil {
		w.Tokens = &selected{t.User, t.Session, t.Model, string(t.Token), t.All}
	}
	text, err := json.Marshal(w)
	if err != nil {
		panic(err) // never: it has texts and numbers only
	}
	return k.Seal(logPurpose, text)
}

// An entry is a record in the log.
type entry struct {
	Record
	number  uint64
	random  string
	strange error // why the caches are to be emptied
}

func parseEntry(k *vault.Keys, s string) (entry, error) {
	digits, rest, _ := strings.Cut(s, ".")
	random, sealed, ok := strings.Cut(rest, ".")
	n, err := strconv.ParseUint(digits, 10, 64)
	if !ok || err != nil {
		return entry{}, errors.New("fleet: an entry of the log has another form")
	}
	e := entry{number: n, random: random}
	e.Record, e.strange = openRecord(k, sealed)
	return e, nil
}

// errStrange means that a record has another form, or more in it than this version of the program knows.
var errStrange = errors.New("fleet: a record of the log was written by another version of this program")

// openRecord opens a sealed record. One that cannot be read as a whole may revoke more than is seen here, so caches are emptied
// for it: a record is never skipped.
func openRecord(k *vault.Keys, sealed string) (r Record, strange error) {
	text, err := k.Open(logPurpose, sealed)
	if err != nil {
		return Record{Forget: true}, fmt.Errorf("fleet: a record of the log cannot be read: %w", err)
	}
	var w written
	if json.Unmarshal(text, &w) != nil {
		return Record{Forget: true}, errStrange
	}
	r = Record{Session: w.Session, Until: w.Until, Forget: w.Forget, Collected: w.Done, Life: w.Life}
	if t := w.Tokens; t != nil {
		r.Tokens = &store.Selector{User: t.User, Session: t.Session, Model: t.Model, Token: matterport.Secret(t.Token), All: t.All}
	}
	if r.understood(text) {
		return r, nil
	}
	r.Forget = true
	return r, errStrange
}

// Selected returns whose tokens a sealed record revokes, and false if it cannot be read.
func (m *Member) Selected(sealed string) (store.Selector, bool) {
	r, strange := openRecord(m.cfg.Keys, sealed)
	if strange != nil || r.Tokens == nil {
		return store.Selector{}, false
	}
	return *r.Tokens, true
}

// understood reports whether the record says something, and its text nothing else.
func (r *Record) understood(text []byte) bool {
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if strict.Decode(new(written)) != nil {
		return false
	}
	return r.Forget || r.Collected || r.Session != "" || r.Tokens != nil && r.Tokens.Valid()
}
