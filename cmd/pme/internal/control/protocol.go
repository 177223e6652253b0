package control

import (
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/event"
)

// Protocol is the version that this package speaks.
const Protocol = 1

// header says in a request and in an answer which version its sender speaks.
const header = "Pme-Control"

// A Person is a user with what is known of them.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// A Model is a space or a view, and what it is called if that is known.
type Model struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// A Search selects live tokens. The zero Search selects all.
type Search struct {
	// Person is a part of a user's ID, name or e-mail address, and Space of a model's ID or name, whatever the letter case.
	Person string `json:"person,omitempty"`
	Space  string `json:"space,omitempty"`
}

// Who says who has live tokens.
type Who struct {
	At      time.Time `json:"at"`
	Total   int       `json:"total"`
	Tokens  []Token   `json:"tokens"`            // by user, at most 1,000
	Omitted int       `json:"omitted,omitempty"` // found tokens that are not in Tokens
	Spaces  []Open    `json:"spaces"`            // of all found tokens
}

// A Token is a live token without its value.
type Token struct {
	User        Person    `json:"user"`
	Session     string    `json:"session,omitempty"` // a fingerprint
	Models      []Model   `json:"models"`
	ValidUntil  time.Time `json:"valid_until"` // on Matterport's clock
	Fingerprint string    `json:"fingerprint"`
}

// Open is a model with the number of live tokens that open it.
type Open struct {
	Model
	Tokens int `json:"tokens"`
}

// A Revocation says what to revoke: a user, one session of a user by its fingerprint, a model, or everything.
type Revocation struct {
	User       string `json:"user,omitempty"`
	Session    string `json:"session,omitempty"`
	Model      string `json:"model,omitempty"`
	Everything bool   `json:"everything,omitempty"`
}

// Revoked says what was revoked.
type Revoked struct {
	Tokens  int `json:"revoked"`
	Pending int `json:"pending"` // Matterport has not confirmed their deletion yet
}

// Asked is the user that the policy is asked about.
type Asked struct {
	ID            string   `json:"id"`
	Email         string   `json:"email,omitempty"`
	EmailVerified bool     `json:"email_verified,omitempty"`
	Groups        []string `json:"groups,omitempty"`
}

// A Question asks why a user may or may not see a model.
type Question struct {
	User  Asked  `json:"user"`
	Model string `json:"model"`
}

// Explained is the answer.
type Explained struct {
	User        Asked              `json:"user"`
	Known       bool               `json:"known"` // the user is as one of their live tokens has them
	Model       Model              `json:"model"`
	Explanation access.Explanation `json:"explanation"`
}

// Subject says what to report on: a model, a user, or the whole list if both are empty.
type Subject struct {
	Model string `json:"model,omitempty"`
	User  *Asked `json:"user,omitempty"`
}

// A Report says who may see what by the allow-list. One of Viewers, Holdings and Grants is there.
type Report struct {
	At       time.Time        `json:"at"`
	Viewers  *review.Viewers  `json:"viewers,omitempty"`
	Holdings *review.Holdings `json:"holdings,omitempty"`
	Grants   []review.Grant   `json:"grants,omitempty"` // at most 1,000
	Omitted  int              `json:"omitted,omitempty"`
	Findings review.Findings  `json:"findings"`
}

// Health says how the process is.
type Health struct {
	Status  string    `json:"status"` // as /readyz has it
	Parts   []Part    `json:"parts"`
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

// A Part is a part of the process, with "ok" or what is wrong.
type Part struct {
	Name  string `json:"name"`
	State string `json:"state"`
}

// A trailQuery selects records of the audit trail.
type trailQuery struct {
	From  time.Time    `json:"from,omitzero"`
	To    time.Time    `json:"to,omitzero"`
	Kinds []event.Kind `json:"kinds,omitempty"`
	Users []string     `json:"users,omitempty"`
	Model string       `json:"model,omitempty"`
}

// A trailLine is a line of the answer: a record as it is stored, what is wrong with one, or the end.
type trailLine struct {
	Record string `json:"record,omitempty"`
	Wrong  string `json:"wrong,omitempty"`
	End    bool   `json:"end,omitempty"`
}
