package audit

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
)

// The kinds of records that are no events.
const (
	// TrailBegan is the first record of a chain. TrailClosed is the last one, unless the process has crashed.
	TrailBegan  event.Kind = "trail began"
	TrailClosed event.Kind = "trail closed"

	// RecordsLost says that Count records were not written, because too many waited.
	RecordsLost event.Kind = "records lost"

	// RecordsExpired says that Count chains were deleted, because all their records were older than Until.
	RecordsExpired event.Kind = "records expired"

	// RefusalsLeftOut says that Count refusals were not written, because there were too many of them.
	RefusalsLeftOut event.Kind = "refusals left out"
)

const (
	version       = 1
	longestDetail = 2000 // bytes
)

// A Record is one line of a trail. Most fields are those of [event.Event].
type Record struct {
	Version int `json:"v"`

	// Chain is the ID of the chain, Number the place in it, beginning with 1, and Previous the hash of the record before.
	Chain    string `json:"chain"`
	Number   int64  `json:"n"`
	Previous string `json:"prev,omitempty"`

	ID         string     `json:"id"`
	Time       time.Time  `json:"time"`
	Kind       event.Kind `json:"kind"`
	User       string     `json:"user,omitempty"`
	Session    string     `json:"session,omitempty"`
	By         string     `json:"by,omitempty"`
	Groups     []string   `json:"groups,omitempty"`
	Models     []string   `json:"models,omitempty"`
	Names      []string   `json:"names,omitempty"`
	Exact      bool       `json:"exact,omitempty"`
	Corrects   string     `json:"corrects,omitempty"`
	Connection string     `json:"connection,omitempty"`
	Part       string     `json:"part,omitempty"`
	Policy     string     `json:"policy,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Detail     string     `json:"detail,omitempty"`
	Count      int        `json:"count,omitempty"`
	From       time.Time  `json:"from,omitzero"`
	Until      time.Time  `json:"until,omitzero"`

	// Grant is the ID of the record with which a stretch began, and Seen when its last token was given.
	Grant string    `json:"grant,omitempty"`
	Seen  time.Time `json:"seen,omitzero"`

	// After is the ID of the chain that this one goes on from, in the first record. Previous is the hash of its last record then.
	After string `json:"after,omitempty"`

	Client    string `json:"client,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Method    string `json:"method,omitempty"`
	Path      string `json:"path,omitempty"`

	line string
}

// recordOf returns the record of an event.
func recordOf(e event.Event) Record {
	return Record{
		Version: version, ID: e.ID, Time: e.Time.UTC(), Kind: e.Kind, User: e.User, Session: e.Session, By: e.By,
		Groups: e.Groups, Models: e.Models, Names: e.Names, Exact: e.Exact, Corrects: e.Corrects, Connection: e.Connection, Part: e.Part, Policy: e.Policy,
		Reason: e.Reason, Detail: cut(e.Detail), Count: e.Count, From: utc(e.From), Until: utc(e.Until),
		Client: e.Request.Client, RequestID: e.Request.ID, Method: e.Request.Method, Path: e.Request.Path,
	}
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

func cut(s string) string {
	if len(s) <= longestDetail {
		return s
	}
	return strings.ToValidUTF8(s[:longestDetail], "") + "…"
}

// Line returns the record as it is stored: one line of JSON without a line break, with the hash at its end.
func (r Record) Line() string { return r.line }

// ParseLine returns the record of a line. It does not check the hash: see [Verify].
func ParseLine(line string) (Record, error) {
	r := Record{line: line}
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		return Record{}, fmt.Errorf("audit: %w: %w", ErrLine, err)
	}
	if r.Version != version {
		return Record{}, fmt.Errorf("audit: %w of version %d: this one has version %d", ErrLine, version, r.Version)
	}
	return r, nil
}
