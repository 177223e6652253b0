package event

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	mostGroups   = 50
	longestGroup = 128 // bytes
)

// boundGroups cuts the groups of e down to what an event may have. It changes a copy: they are the user's.
func (e *Event) boundGroups() {
	if len(e.Groups) == 0 {
		return
	}
	n := min(len(e.Groups), mostGroups)
	e.MoreGroups += len(e.Groups) - n
	e.Groups = slices.Clone(e.Groups[:n])
	for i, group := range e.Groups {
		if len(group) > longestGroup {
			e.Groups[i] = strings.ToValidUTF8(group[:longestGroup], "") + "…"
		}
	}
}

// joinGroups writes groups, or names, as one text, in which those that could be misread are in quotation marks, such as one with
// a comma, a space at an end or a character that cannot be seen.
func joinGroups(groups []string, more int) string {
	texts := make([]string, len(groups))
	for i, group := range groups {
		quoted := strconv.Quote(group)
		if quoted == `"`+group+`"` && utf8.ValidString(group) && group != "" && strings.TrimSpace(group) == group && !strings.Contains(group, ",") {
			texts[i] = group
			continue
		}
		texts[i] = quoted
	}
	if more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, ", ")
}
