package written

import (
	"fmt"
	"strings"

	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/modelid"
	"github.com/go-pme/pme/internal/spelling"
)

// models checks one of a rule's lists of models and returns its entries.
func (c *checker) models(entries []Entry, prefix string) []string {
	list := prefix + keyModels
	seen := make(map[string]bool, len(entries))
	var values []string
	for _, e := range entries {
		if wrong := wrongModel(e, list); wrong != "" {
			c.Addf(e.At, "%s", wrong)
			continue
		}
		if seen[e.Value] {
			c.Addf(e.At, "model %q is twice among the rule's %s", e.Value, list)
		}
		seen[e.Value] = true
		values = append(values, e.Value)
		if e.Named {
			c.name(e)
		}
	}
	return values
}

// wrongModel returns what is wrong with an entry, or "".
func wrongModel(e Entry, list string) string {
	f, faulty := legible.InName(e.Value)
	switch {
	case e.Value == "":
		return fmt.Sprintf("an empty string among %s is not a model ID: remove it", list)
	case list != keyModels && e.Value == AnyModel:
		return fmt.Sprintf(`"*" among %s leaves nothing of the rule: remove the rule, or name the models`, list)
	case list != keyModels && e.Named:
		return fmt.Sprintf("model %.64q among %s has a name: give it where the model is granted", e.Value, list)
	case e.Selects() && faulty:
		return fmt.Sprintf("%+.64q among %s is not what it looks like: %v", e.Value, list, f)
	case e.Selects() && strings.ContainsFunc(e.Value, looksLikeSpace):
		return fmt.Sprintf("%+.64q among %s has a character in it that looks like a space and is another: write U+0020", e.Value, list)
	case e.Selects() && e.Named:
		return fmt.Sprintf("%.64q among %s has a name, and can stand for many models: remove the name", e.Value, list)
	case !e.Selects() && e.Value != AnyModel && !modelid.Valid(e.Value) && !modelid.ValidView(e.Value):
		return fmt.Sprintf("model %.64q is not a model ID: 11 letters and digits%s", e.Value, advice(e.Value))
	}
	return ""
}

// advice says what may be meant by an entry that is no ID.
func advice(text string) string {
	if meant := modelid.Suggestion(text); meant != "" || !strings.Contains(text, ":") {
		return meant
	}
	return "; a selector begins with internalId:, folder: or address:, and names select nothing"
}

func (c *checker) name(e Entry) {
	first, known := c.names[e.Value]
	f, faulty := legible.InLine(e.Name)
	switch {
	case e.Value == AnyModel:
		c.Addf(e.At, `"*" stands for many models and cannot have a name`)
	case spelling.Key(e.Name) == "":
		c.Addf(e.At, "the name of model %q is empty: remove it", e.Value)
	case faulty:
		c.Addf(e.At, "the name %+.64q of model %q is not what it looks like: %v", e.Name, e.Value, f)
	case !known:
		c.names[e.Value] = e
	case first.Name != e.Name:
		c.Addf(e.At, "model %q is named %.64q here and %.64q before (%s %d): give it one name", e.Value, e.Name, first.Name, c.Unit, first.At)
	}
}
