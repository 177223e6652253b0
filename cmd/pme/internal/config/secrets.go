package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
	"github.com/go-pme/pme/secret"
)

// fileSuffix ends the key, and the flag, of a secret's file. The variable has the same in capitals.
const (
	fileSuffix    = "_file"
	envFileSuffix = "_FILE"
)

// maxSecrets is how many values package secret accepts.
const maxSecrets = 16

// secret reads a secret of the file, or the name of its file.
func (f *fileReader) secret(key, value *yaml.Node, p *part, lines map[string]int) {
	if lines[p.key] > 0 && lines[p.key+fileSuffix] > 0 {
		f.add(key, p.path, "both "+p.key+" and "+p.key+fileSuffix+" are there", "remove one of them")
		return
	}
	if key.Value != p.key {
		if !f.typed(value, p, "!!str") {
			return
		}
		name, bad := parseSecretFile(value.Value)
		if bad != nil {
			f.collector.add(f.at(value), p.path, *bad)
			return
		}
		f.said[p] = statement{secretFile(absolute(f.dir, string(name))), f.at(value)}
		return
	}
	values, ok := f.secretTexts(value, p)
	if !ok {
		return
	}
	if bad := p.checkSecrets(values); bad != nil {
		f.collector.add(f.at(value), p.path, *bad)
		return
	}
	if p.form == form.Database {
		values[0] = p.from(f.dir, values[0])
	}
	f.said[p] = statement{secretTexts(values), f.at(value)}
}

// secretTexts returns the values of a secret: the words of a text, or the items of a list as they are.
func (f *fileReader) secretTexts(n *yaml.Node, p *part) ([]string, bool) {
	if n.Kind == yaml.SequenceNode {
		return f.texts(n, p)
	}
	if !f.typed(n, p, "!!str") {
		return nil, false
	}
	return p.words(n.Value), true
}

// words returns the values of a secret that are separated by spaces. A database is one value, and so is a text that is not what it
// looks like: checkSecrets refuses it.
func (p *part) words(text string) []string {
	if p.form == form.Database || form.Illegible(text) != nil {
		return []string{text}
	}
	return strings.Fields(text)
}

// checkSecrets returns what is wrong with the values of a secret, without quoting them.
func (p *part) checkSecrets(values []string) *form.Fault {
	switch {
	case len(values) > 1 && p.form == form.Database:
		return form.Wrong("there are several databases", "write one")
	case len(values) == 0:
		return form.Wrong("the secret is empty", "write it, or leave it out")
	case len(values) > maxSecrets:
		return form.Wrong(fmt.Sprintf("there are more than %d values", maxSecrets), "remove old ones")
	}
	for _, value := range values {
		if value == "" {
			return form.Wrong("a value of the secret is empty", "remove it")
		}
		if f := form.Illegible(value); f != nil {
			return f
		}
		if p.form == form.Database && strings.Contains(value, ":/") && !form.IsPostgres(value) {
			return form.Wrong("the database is neither a file nor a postgres:// URL", "write the path of a file for SQLite, or a URL such as postgres://pme:…@db.internal/pme?sslmode=verify-full")
		}
	}
	return nil
}

// parseSecretFile returns the name of a secret's file.
func parseSecretFile(text string) (secretFile, *form.Fault) {
	if text == "" {
		return "", form.Wrong("the name of the file is empty", "write it, or leave it out")
	}
	return secretFile(text), form.Illegible(text)
}

func fixed(values secretTexts) Secret { return SecretOf(secret.Fixed(values...)) }

// open returns the secret in a file. The problem does not name the file: the secret itself may have been written there.
func (p *part) open(name secretFile, at origin, problems *collector) Secret {
	source, err := secret.File(string(name))
	if err == nil {
		if bad := p.checkSecrets(source.Values()); bad != nil {
			problems.add(at, p.path, *bad)
		}
		return Secret{source: source, file: string(name)}
	}
	text := strings.TrimPrefix(err.Error(), "secret: ")
	text = strings.TrimPrefix(text, string(name)+": ")
	problems.add(at, p.path, *form.Wrong("the file of the secret cannot be used: "+text, "name a file that has the secret, one value on each line"))
	return Secret{}
}

// from returns a text of the file. If it is the name of a file, it counts from the directory of the configuration.
func (p *part) from(dir, text string) string {
	switch {
	case p.form == form.File:
		return absolute(dir, text)
	case p.form == form.Database && !strings.Contains(text, ":"):
		return absolute(dir, text)
	}
	return text
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}
