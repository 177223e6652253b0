package issuer

import (
	"fmt"
	"strings"

	"github.com/go-pme/pme/access"
)

// noRule is the reason of package access for a model that no rule allows.
const noRule = "no_rule"

const (
	mostRules   = 3  // that a refusal mentions
	mostEntries = 3  // of each of a rule's lists
	longest     = 64 // bytes of an entry
)

// refusal is the text of an explanation and, unless it says what would have matched, what the rules for the model want.
func refusal(why access.Explanation) string {
	if why.Reason != noRule {
		return why.Text
	}
	var wanted []string
	more := 0
	for _, r := range why.Rules {
		want, ok := wants(r)
		switch {
		case r.If != "":
			return why.Text
		case !ok:
		case len(wanted) < mostRules:
			wanted = append(wanted, fmt.Sprintf("%s (rule %d%s)", want, r.Number, line(why, r)))
		default:
			more++
		}
	}
	if len(wanted) == 0 {
		return why.Text
	}
	text := why.Text + " to this user; it is allowed to " + strings.Join(wanted, "; ")
	if more > 0 {
		text += fmt.Sprintf("; and by %d more rules", more)
	}
	return text
}

func line(why access.Explanation, r access.RuleExplanation) string {
	if why.File == "" {
		return ""
	}
	return fmt.Sprintf(", %s:%d", why.File, r.Line)
}

// wants says for whom a rule is, and reports whether it allows the model now.
func wants(r access.RuleExplanation) (text string, allows bool) {
	var parts []string
	excluded := false
	for _, c := range r.Criteria {
		switch c.Kind {
		case "models":
			allows = c.Hit
			continue
		case "from", "until":
			excluded = excluded || !c.Hit
		case "except.models":
			excluded = excluded || c.Hit
		}
		var entries []string
		for _, entry := range c.Wants[:min(len(c.Wants), mostEntries)] {
			entries = append(entries, fmt.Sprintf("%.*q", longest, entry))
		}
		if more := c.More + len(c.Wants) - len(entries); more > 0 {
			entries = append(entries, fmt.Sprintf("and %d more", more))
		}
		parts = append(parts, c.Kind+" "+strings.Join(entries, ", "))
	}
	return strings.Join(parts, ", "), allows && !excluded
}
