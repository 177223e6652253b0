package sessions

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
)

// An end is what has been revoked of a name. The zero end revokes nothing.
type end struct {
	generation member.Position
	until      int64 // in Unix milliseconds
	hasUntil   bool
}

func parseEnd(generation, until string) (end, error) {
	e := end{generation: member.ParsePosition(generation)}
	if generation != "" && e.generation.Epoch == "" {
		return end{}, errors.New("fleet: a revocation in Redis has another form")
	}
	if until == "" {
		return e, nil
	}
	n, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return end{}, fmt.Errorf("fleet: a revocation in Redis has another form: %w", err)
	}
	e.until, e.hasUntil = n, true
	return e, nil
}

func (e end) revokes(history member.History, position member.Position, issued time.Time) bool {
	return e.hasUntil && issued.UnixMilli() <= e.until ||
		e.generation.Epoch != "" && history.Later(e.generation, position)
}
