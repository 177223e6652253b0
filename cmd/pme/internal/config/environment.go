package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

const (
	envPrefix = "PME_"
	envFile   = "PME_CONFIG" // names the YAML file
)

// readEnvironment returns what the environment says. A variable that is empty counts as not set.
func readEnvironment(lookup func(string) (string, bool), environ []string, problems *collector) statements {
	said := statements{}
	for p := range root.fields() {
		text, file := valueOf(lookup, p.env), valueOf(lookup, p.env+envFileSuffix)
		at := origin{name: p.env}
		switch {
		case p.isSecret():
			readSecretVariable(p, text, file, said, problems)
		case text != "":
			if value, ok := p.fromText(text, at, problems); ok {
				said[p] = statement{value, at}
			}
		}
		if file != "" && !p.isSecret() && !slices.Contains(variables, p.env+envFileSuffix) {
			problems.add(origin{name: p.env + envFileSuffix}, p.path, *form.Wrong("only secrets are read from files of their own", "give the value in "+p.env))
		}
	}
	for _, name := range unknownVariables(environ) {
		remedy := "remove it: there is no such setting"
		if near := form.Nearest(name, variables); near != "" {
			remedy = "did you mean " + near + "?"
		}
		problems.add(origin{name: name}, "", *form.Wrong("the variable is unknown", remedy))
	}
	return said
}

// valueOf returns the value of a variable. One that is empty is as one that is not set.
func valueOf(lookup func(string) (string, bool), name string) string {
	if value, is := lookup(name); is {
		return value
	}
	return ""
}

func readSecretVariable(p *part, text, file string, said statements, problems *collector) {
	at := origin{name: p.env}
	switch {
	case text != "" && file != "":
		problems.add(at, p.path, *form.Wrong("both "+p.env+" and "+p.env+envFileSuffix+" are set", "set one of them"))
	case file != "":
		at.name += envFileSuffix
		name, bad := parseSecretFile(file)
		if bad != nil {
			problems.add(at, p.path, *bad)
			return
		}
		said[p] = statement{name, at}
	case text != "":
		values := p.words(text)
		if bad := p.checkSecrets(values); bad != nil {
			problems.add(at, p.path, *bad)
			return
		}
		said[p] = statement{secretTexts(values), at}
	}
}

// fromText returns the value of a field that is no secret, as a variable or a flag has it.
func (p *part) fromText(text string, at origin, problems *collector) (any, bool) {
	if !utf8.ValidString(text) {
		problems.add(at, p.path, *form.Illegible(text))
		return nil, false
	}
	switch p.kind {
	case typeTexts, typePrefixes:
		return p.listFromText(text, at, problems)
	case typePairs:
		return p.pairsFromText(text, at, problems)
	}
	value, bad := p.parse(text)
	if bad != nil {
		problems.add(at, p.path, *bad)
		return nil, false
	}
	return value, true
}

// variables are the names of all variables.
var variables = variablesOf(root)

func variablesOf(section *part) []string {
	names := []string{envFile}
	for p := range section.fields() {
		names = append(names, p.env)
		if p.isSecret() {
			names = append(names, p.env+envFileSuffix)
		}
	}
	return names
}

// serviceVariable is what Kubernetes sets for a service whose name begins with pme.
var serviceVariable = regexp.MustCompile(`^PME_(.*_)?(SERVICE_(HOST|PORT)(_.*)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)$`)

// isKnown reports whether there is no need to say that a variable is unknown. A file of what is no secret is reported by readEnvironment.
func isKnown(name string) bool {
	field := strings.TrimSuffix(name, envFileSuffix)
	return slices.Contains(variables, name) || slices.Contains(variables, field) && field != envFile || serviceVariable.MatchString(name)
}

// unknownVariables returns the names in an environment that begin with PME_ and are none of ours: most are mistyped.
func unknownVariables(environ []string) []string {
	var unknown []string
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		if value != "" && strings.HasPrefix(name, envPrefix) && !isKnown(name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	return slices.Compact(unknown)
}
