package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// A chain numbers records and links each to the one before.
type chain struct {
	id     string
	day    string // in UTC
	key    []byte
	number int64
	hash   string // of the record before
}

func newChain(key []byte, now time.Time) chain {
	return chain{id: rand.Text(), day: dayOf(now), key: key}
}

// after returns the chain that goes on from c.
func (c *chain) after(now time.Time) chain {
	next := newChain(c.key, now)
	next.hash = c.hash
	return next
}

func dayOf(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// The end of each line: the hash of all before it.
const (
	beforeHash = `,"hash":"`
	afterHash  = `"}`
	hashLength = 2 * sha256.Size
)

// add returns r with its place in the chain and its line.
func (c *chain) add(r Record) (Record, error) {
	r.Chain, r.Number, r.Previous = c.id, c.number+1, c.hash
	text, err := json.Marshal(r)
	if err != nil { // cannot happen: every field has a form in JSON
		return r, fmt.Errorf("audit: a record has no form in JSON: %w", err)
	}
	body := strings.TrimSuffix(string(text), "}")
	sum := hashOf(c.key, body)
	r.line = body + beforeHash + sum + afterHash
	c.number, c.hash = r.Number, sum
	return r, nil
}

// hashOf returns the hash of the beginning of a line, keyed if there is a key.
func hashOf(key []byte, body string) string {
	h := sha256.New()
	if len(key) > 0 {
		h = hmac.New(sha256.New, key)
	}
	h.Write([]byte(body))
	return hex.EncodeToString(h.Sum(nil))
}

// split returns the beginning of a line and the hash at its end.
func split(line string) (body, sum string, ok bool) {
	at := len(line) - len(afterHash) - hashLength - len(beforeHash)
	if at < 0 || !strings.HasPrefix(line[at:], beforeHash) || !strings.HasSuffix(line, afterHash) {
		return "", "", false
	}
	return line[:at], line[at+len(beforeHash) : len(line)-len(afterHash)], true
}
