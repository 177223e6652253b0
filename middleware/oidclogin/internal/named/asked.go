package named

import (
	"strings"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin/internal/sealed"
)

const (
	// pause is how long a user who was asked to sign in again for a set of groups is not asked for it again.
	pause = 5 * time.Minute

	// maxAsked is for how many sets a user is asked in a pause.
	maxAsked = 4
)

// Asked is for which sets of groups a user was asked to sign in again. The new session has it too: however the
// sign-in ends, and whatever sets other replicas have, the user is not sent back and forth.
type Asked struct {
	sets string // their IDs, one after the other
	at   int64  // when it was first for one of them, in Unix seconds
}

// Add returns the Asked of a user who is asked for the set now.
func (a Asked) Add(set *Set, now time.Time) Asked {
	if !now.Before(a.end()) {
		a = Asked{at: now.Unix()}
	}
	a.sets += set.id
	return a
}

func (a Asked) end() time.Time { return time.Unix(a.at, 0).Add(pause) }

// Until returns the time before which the user is not asked for the set.
func (a Asked) Until(set *Set) time.Time {
	if a.has(set) || len(a.sets) >= maxAsked*idLength {
		return a.end()
	}
	return time.Time{}
}

func (a Asked) has(set *Set) bool {
	for rest := a.sets; len(rest) >= idLength; rest = rest[idLength:] {
		if strings.HasPrefix(rest, set.id) {
			return true
		}
	}
	return false
}

// AppendTo appends a for [ReadAsked].
func (a Asked) AppendTo(b []byte) []byte {
	b = sealed.AppendText(b, a.sets)
	if a.sets == "" {
		return b
	}
	return sealed.AppendNumber(b, a.at)
}

// ReadAsked reads what AppendTo wrote.
func ReadAsked(f *sealed.Fields) (a Asked) {
	if a.sets = f.Text(); a.sets != "" {
		a.at = f.Number()
	}
	return a
}
