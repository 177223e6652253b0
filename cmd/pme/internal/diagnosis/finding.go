// Package diagnosis looks at what a gateway depends on, and says what is wrong and what to do. It changes nothing, but for a token of a
// minute that it mints and deletes where it is asked to. Its texts have no secret in them.
package diagnosis

import (
	"cmp"
	"fmt"
	"strings"
)

// A Status says how a part is.
type Status string

// The statuses.
const (
	OK   Status = "ok"
	Warn Status = "warn" // it works, and something should be done
	Fail Status = "fail" // it does not work
	Skip Status = "skip" // it was not looked at
)

// A Finding says how one part is, and what to do.
type Finding struct {
	Part   string `json:"part"`
	Status Status `json:"status"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`

	// Unanswered says that it cannot be told how the part is, because something does not answer.
	Unanswered bool `json:"unanswered,omitempty"`
}

func ok(part, format string, args ...any) Finding {
	return Finding{Part: part, Status: OK, Text: fmt.Sprintf(format, args...)}
}

func skip(part, text string) Finding { return Finding{Part: part, Status: Skip, Text: text} }

func warn(part, text, remedy string) Finding {
	return Finding{Part: part, Status: Warn, Text: text, Remedy: remedy}
}

func fail(part, text, remedy string) Finding {
	return Finding{Part: part, Status: Fail, Text: text, Remedy: remedy}
}

// unanswered is a failure of something that does not answer.
func unanswered(part, text, remedy string) Finding {
	return Finding{Part: part, Status: Fail, Text: text, Remedy: remedy, Unanswered: true}
}

// Findings are those of all parts.
type Findings []Finding

// String returns the findings for a person: a line each, and the remedy in the next.
func (fs Findings) String() string {
	width := 0
	for _, f := range fs {
		width = max(width, len(f.Part))
	}
	var out strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&out, "%-4s  %-*s  %s\n", strings.ToUpper(string(f.Status)), width, f.Part, f.Text)
		if f.Remedy != "" {
			fmt.Fprintf(&out, "%*s  -> %s\n", 4+2+width, "", f.Remedy)
		}
	}
	return out.String()
}

// Verdict returns fail if a part does not work, warn if all work and something should be done, and ok. unanswered says that nothing is
// known to be wrong, but something does not answer.
func (fs Findings) Verdict() (worst Status, unanswered bool) {
	severity := map[Status]int{OK: 0, Skip: 0, Warn: 1, Fail: 2}
	worst, known := OK, false
	for _, f := range fs {
		if cmp.Compare(severity[f.Status], severity[worst]) > 0 {
			worst = f.Status
		}
		known = known || f.Status == Fail && !f.Unanswered
	}
	return worst, worst == Fail && !known
}
