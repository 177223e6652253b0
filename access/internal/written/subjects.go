package written

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/access/internal/people"
	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/spelling"
)

// subjects checks one of a rule's lists of people and returns its entries as they are compared.
func (c *checker) subjects(k people.Kind, entries []Entry, prefix string) []string {
	list := prefix + people.Keys[k]
	seen := make(map[string]bool, len(entries))
	var folded []string
	for _, e := range entries {
		if wrong := wrongSubject(k, list, e.Value); wrong != "" {
			c.Addf(e.At, "%s", wrong)
			continue
		}
		value := people.Fold(k, e.Value)
		if seen[value] {
			c.Addf(e.At, "%.64q is twice among the rule's %s", e.Value, list)
		}
		seen[value] = true
		folded = append(folded, value)
	}
	return folded
}

// wrongSubject returns what is wrong with an entry, or "".
func wrongSubject(k people.Kind, list, value string) string {
	f, faulty := legible.InName(value)
	switch {
	case value == "":
		return fmt.Sprintf("an empty string among %s matches no user: remove it", list)
	case faulty:
		return fmt.Sprintf("%+.64q among %s is not what it looks like: %v", value, list, f)
	case k == people.Emails && isMailto(value):
		return fmt.Sprintf("%.64q among %s is a link: write the address alone, without mailto", value, list)
	case k == people.Emails && !people.IsAddress(value):
		return fmt.Sprintf("%.64q among %s is not an address such as alice@example.com", value, list)
	case k == people.Domains && !people.IsDomain(value):
		return fmt.Sprintf("%.64q among %s is not a domain such as example.com (which stands for itself, not for its subdomains)", value, list)
	case strings.TrimSpace(value) != value:
		return fmt.Sprintf("%+.64q among %s has space around it, and so matches no user: remove it", value, list)
	case strings.ContainsFunc(value, looksLikeSpace):
		return fmt.Sprintf("%+.64q among %s has a character in it that looks like a space and is another: write U+0020", value, list)
	case isDecomposed(value):
		return fmt.Sprintf("%+.64q among %s has letters with separate accents (Unicode's form NFD), which are compared as they are: write %+.64q (NFC)",
			value, list, spelling.Compose(value))
	}
	return ""
}

// looksLikeSpace reports the spaces that no one can tell from U+0020. The ideographic space is twice as wide, and
// stands between the words of Japanese names.
func looksLikeSpace(r rune) bool { return r != ' ' && r != '\u3000' && unicode.IsSpace(r) }

func isDecomposed(value string) bool {
	return utf8.ValidString(value) && spelling.Compose(value) != value
}

func isMailto(value string) bool {
	const scheme = "mailto:"
	return len(value) >= len(scheme) && strings.EqualFold(value[:len(scheme)], scheme)
}
