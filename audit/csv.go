package audit

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteCSV writes views as comma-separated values (RFC 4180) with a header. Times are RFC 3339 in UTC. A text that a spreadsheet
// would take for a formula gets an apostrophe in front.
func WriteCSV(w io.Writer, views []View) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"user", "model", "name", "from", "seen", "until", "ended", "ended_by", "ground", "policy"}}
	for _, v := range views {
		rows = append(rows, []string{
			plain(v.User), v.Model, plain(v.Name), moment(v.From), moment(v.Seen), moment(v.Until),
			plain(v.Ended), plain(v.EndedBy), plain(v.Ground), v.Policy,
		})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("audit: the report cannot be written: %w", err)
	}
	return nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// plain keeps a spreadsheet from taking a text for a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
