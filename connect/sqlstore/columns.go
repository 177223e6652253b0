package sqlstore

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/go-pme/pme/matterport"
)

// An instant is a time in a column: microseconds since 1970, NULL for the zero time.
type instant time.Time

// instantColumn returns the value of the column for t.
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
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// scopesColumn returns the value of the column for s: a JSON array.
func scopesColumn(s []matterport.Scope) (string, error) {
	if s == nil {
		return "[]", nil
	}
	text, err := json.Marshal(s)
	return string(text), err
}

// scopesOf returns the scopes stored in a column.
func scopesOf(column string) (s []matterport.Scope, err error) {
	err = json.Unmarshal([]byte(column), &s)
	return s, err
}
