package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-pme/pme/matterport"
)

// An instant is a time in a column: microseconds since 1970, NULL for the zero time.
type instant time.Time

// instantColumn returns what is kept of t.
func instantColumn(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// Scan implements [database/sql.Scanner].
func (t *instant) Scan(column any) error {
	switch v := column.(type) {
	case nil:
		*t = instant{}
	case int64:
		*t = instant(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time is kept as %T", v)
	}
	return nil
}

// scopes are a column that holds a JSON array.
type scopes []matterport.Scope

// scopesColumn returns what is kept of s.
func scopesColumn(s []matterport.Scope) (string, error) {
	if s == nil {
		return "[]", nil
	}
	text, err := json.Marshal(s)
	return string(text), err
}

// Scan implements [database/sql.Scanner].
func (s *scopes) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("the scopes are kept as %T", column)
	}
	return json.Unmarshal([]byte(text), (*[]matterport.Scope)(s))
}
