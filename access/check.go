package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/spelling"
)

// anyModel stands for every model of the account.
const anyModel = "*"

// checkDrafts reports everything that is wrong with rules, however they were written down.
func checkDrafts(drafts []draft, p *problems) {
	c := checker{problems: p, rules: make(map[string]int), names: make(map[string]entry)}
	for _, d := range drafts {
		c.rule(d)
	}
}

// checker remembers what the rules so far have said.
type checker struct {
	*problems
	rules map[string]int   // the places of rules, by their people and models
	names map[string]entry // the first entry that names a model, by the model's ID
}

func (c *checker) rule(d draft) {
	before := len(c.found)
	var lists [kinds + 1][]string
	someone := false
	for k, entries := range d.subjects {
		lists[k] = c.subjects(kind(k), entries)
		someone = someone || len(entries) > 0
	}
	lists[kinds] = c.models(d.models)
	if d.broken {
		return
	}
	if !someone {
		c.addf(d.at, "the rule names no people: give users, emails, domains or groups")
	}
	if len(d.models) == 0 {
		c.addf(d.at, `the rule grants nothing: give models, or "*" for all`)
	}
	if len(c.found) > before {
		return
	}
	c.repeated(d.at, lists)
}

// repeated reports a rule with the same people and models as an earlier one, in whatever order.
func (c *checker) repeated(at int, lists [kinds + 1][]string) {
	for _, l := range lists {
		slices.Sort(l)
	}
	key := fmt.Sprintf("%q", lists)
	if first, ok := c.rules[key]; ok {
		c.addf(at, "the rule has the same people and models as an earlier one (%s %d): remove one", c.unit, first)
		return
	}
	c.rules[key] = at
}

// subjects checks one of a rule's lists of people and returns its entries as they are compared.
func (c *checker) subjects(k kind, entries []entry) []string {
	seen := make(map[string]bool, len(entries))
	var folded []string
	for _, e := range entries {
		if wrong := wrongSubject(k, e.value); wrong != "" {
			c.addf(e.at, "%s", wrong)
			continue
		}
		value := fold(k, e.value)
		if seen[value] {
			c.addf(e.at, "%.64q is twice among the rule's %s", e.value, kindKeys[k])
		}
		seen[value] = true
		folded = append(folded, value)
	}
	return folded
}

// wrongSubject returns what is wrong with an entry, or "".
func wrongSubject(k kind, value string) string {
	f, faulty := legible.InName(value)
	switch {
	case value == "":
		return fmt.Sprintf("an empty string among %s matches no user: remove it", kindKeys[k])
	case faulty:
		return fmt.Sprintf("%+.64q among %s is not what it looks like: %v", value, kindKeys[k], f)
	case k == emails && isMailto(value):
		return fmt.Sprintf("%.64q among emails is a link: write the address alone, without mailto", value)
	case k == emails && !isAddress(value):
		return fmt.Sprintf("%.64q among emails is not an address such as alice@example.com", value)
	case k == domains && !isDomain(value):
		return fmt.Sprintf("%.64q among domains is not a domain such as example.com (which stands for itself, not for its subdomains)", value)
	case strings.TrimSpace(value) != value:
		return fmt.Sprintf("%+.64q among %s has space around it, and so matches no user: remove it", value, kindKeys[k])
	case strings.ContainsFunc(value, looksLikeSpace):
		return fmt.Sprintf("%+.64q among %s has a character in it that looks like a space and is another: write U+0020", value, kindKeys[k])
	case isDecomposed(value):
		return fmt.Sprintf("%+.64q among %s has letters with separate accents (Unicode's form NFD), which are compared as they are: write %+.64q (NFC)",
			value, kindKeys[k], spelling.Compose(value))
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

func (c *checker) models(entries []entry) []string {
	seen := make(map[string]bool, len(entries))
	var ids []string
	for _, e := range entries {
		switch {
		case e.value == "":
			c.addf(e.at, "an empty string among models is not a model ID: remove it")
			continue
		case e.value != anyModel && !modelid.Valid(e.value):
			c.addf(e.at, "model %.64q is not a model ID: 11 letters and digits%s", e.value, modelid.Suggestion(e.value))
			continue
		case seen[e.value]:
			c.addf(e.at, "model %q is twice among the rule's models", e.value)
		}
		seen[e.value] = true
		ids = append(ids, e.value)
		if e.named {
			c.name(e)
		}
	}
	return ids
}

func (c *checker) name(e entry) {
	first, known := c.names[e.value]
	f, faulty := legible.InLine(e.name)
	switch {
	case e.value == anyModel:
		c.addf(e.at, `"*" stands for many models and cannot have a name`)
	case spelling.Key(e.name) == "":
		c.addf(e.at, "the name of model %q is empty: remove it", e.value)
	case faulty:
		c.addf(e.at, "the name %+.64q of model %q is not what it looks like: %v", e.name, e.value, f)
	case !known:
		c.names[e.value] = e
	case first.name != e.name:
		c.addf(e.at, "model %q is named %.64q here and %.64q before (%s %d): give it one name", e.value, e.name, first.name, c.unit, first.at)
	}
}
