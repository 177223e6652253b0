package config

import (
	"fmt"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// Sample returns a file with every field, its description and a value that it may have. All of it is commented out: "# " stands before
// what explains, and "#" before what can be put in force by removing it.
func Sample() []byte { return sampleWith(descriptions) }

func sampleWith(about map[string]description) []byte {
	var text strings.Builder
	text.WriteString("# yaml-language-server: $schema=" + SchemaURL + "\n" +
		"# Everything that pme serve can be told. Remove the # of what you need, and of the sections around it. The values are defaults or\n" +
		"# examples.\n")
	writeSample(&text, root, about)
	return []byte(text.String())
}

func writeSample(text *strings.Builder, section *part, about map[string]description) {
	for _, p := range section.parts {
		indent := strings.Repeat("  ", strings.Count(p.path, "."))
		text.WriteString("\n")
		for line := range strings.SplitSeq(wrap(about[p.path].text(), 120-len(indent)), "\n") {
			text.WriteString("# " + indent + line + "\n")
		}
		switch {
		case p.isSection():
			fmt.Fprintf(text, "#%s%s:\n", indent, p.key)
			writeSample(text, p, about)
		case p.isSecret():
			fmt.Fprintf(text, "#%s%s: /run/secrets/%s\n", indent, p.key+fileSuffix, p.key)
		default:
			fmt.Fprintf(text, "#%s%s: %s\n", indent, p.key, p.sample(about[p.path].standard))
		}
	}
}

// sample returns a value as the file has it: the default if it is a value, and an example otherwise.
func (p *part) sample(standard string) string {
	_, bad := p.parse(standard)
	known := p.form != "" || len(p.choices) > 0 || p.kind != typeText
	switch {
	case p.kind == typeTexts && len(p.choices) > 0:
		return "[" + p.choices[0] + "]"
	case p.kind == typeTexts:
		return "[" + p.textSample() + "]"
	case p.kind == typePrefixes:
		return "[10.0.0.0/24]"
	case p.kind == typePairs:
		return "{name: value}"
	case bad == nil && (known || !strings.Contains(standard, " ") && standard != "none"):
		return standard
	}
	switch p.kind {
	case typeBool:
		return "true"
	case typeInt:
		return "10"
	case typeDuration:
		return "24h"
	}
	return p.textSample()
}

// textSample returns a text that a field may have.
func (p *part) textSample() string {
	if len(p.choices) > 0 {
		return p.choices[0]
	}
	switch p.form {
	case form.URL, form.Link:
		return "https://intranet.example.com/" + strings.TrimSuffix(p.key, "_url")
	case form.Prefix:
		return "/" + p.key
	case form.Address, form.HostPort:
		return "127.0.0.1:9090"
	case form.Redis:
		return "redis://127.0.0.1:6379/0"
	case form.File:
		return "/etc/pme/" + p.key
	case form.Header:
		return "X-" + p.key
	case form.Separator:
		return `";"`
	}
	return "example"
}

// wrap breaks a text into lines of at most so many bytes, where it has spaces.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}
