package sinktest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

// A chain makes records as a trail does, but of any time and with any texts.
type chain struct {
	id     string
	number int64
	hash   string
}

func newChain() *chain { return &chain{id: rand.Text()} }

// next returns r as the next record of the chain.
func (c *chain) next(r audit.Record) audit.Record {
	c.number++
	r.Version, r.Chain, r.Number, r.Previous, r.ID = 1, c.id, c.number, c.hash, rand.Text()
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // every record has a form in JSON
	}
	body := strings.TrimSuffix(string(text), "}")
	sum := sha256.Sum256([]byte(body))
	c.hash = hex.EncodeToString(sum[:])
	parsed, err := audit.ParseLine(body + `,"hash":"` + c.hash + `"}`)
	if err != nil {
		panic(err) // it is what a trail writes
	}
	return parsed
}

// some returns the next n records of the chain, a second apart.
func (c *chain) some(n int) []audit.Record {
	records := make([]audit.Record, n)
	for i := range records {
		records[i] = c.next(audit.Record{
			Time: start.Add(time.Duration(c.number) * time.Second), Kind: event.TokenGranted, User: fmt.Sprintf("user%d", c.number),
			Models: []string{"SxQL3iGyoDo"}, Names: []string{"Plant 3"},
		})
	}
	return records
}

// from returns a chain that goes on behind a record.
func from(r audit.Record) *chain {
	at := strings.LastIndex(r.Line(), `"hash":"`) + len(`"hash":"`)
	return &chain{id: r.Chain, number: r.Number, hash: strings.TrimSuffix(r.Line()[at:], `"}`)}
}
