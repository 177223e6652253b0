package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// A spelling is a value of a field, as the file has it and as a variable or a flag has it.
type spelling struct {
	yaml, text string
	value      any
}

// spellings returns two values of a field.
func spellings(p *part) [2]spelling {
	switch p.kind {
	case typeBool:
		return [2]spelling{{"true", "true", true}, {"false", "false", false}}
	case typeInt:
		return [2]spelling{{"7", "7", 7}, {"8", "8", 8}}
	case typeDuration:
		return [2]spelling{{"25h", "25h", 25 * time.Hour}, {"26h30m", "26h30m", 26*time.Hour + 30*time.Minute}}
	case typePrefixes:
		return [2]spelling{
			{"[10.0.0.0/8, 192.0.2.7]", "10.0.0.0/8 192.0.2.7", []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32")}},
			{"['fd00::/64']", "fd00::/64", []netip.Prefix{netip.MustParsePrefix("fd00::/64")}},
		}
	case typePairs:
		return [2]spelling{
			{"{a: b, c: d}", "a=b,c=d", map[string]string{"a": "b", "c": "d"}},
			{"{a: b=c}", "a=b=c", map[string]string{"a": "b=c"}},
		}
	case typeTexts:
		one, other := twoTexts(p)
		return [2]spelling{
			{"['" + one + "']", one, []string{one}},
			{"['" + other + "', '" + one + "']", other + "," + one, []string{other, one}},
		}
	case typeSecret:
		if p.form == form.Database {
			return [2]spelling{{"/one.db", "/one.db", []string{"/one.db"}}, {"postgres://a:b@c/d", "postgres://a:b@c/d", []string{"postgres://a:b@c/d"}}}
		}
		return [2]spelling{{"[one, two]", "one two", []string{"one", "two"}}, {"three", "three", []string{"three"}}}
	}
	one, other := twoTexts(p)
	return [2]spelling{{"'" + one + "'", one, one}, {"'" + other + "'", other, other}}
}

// twoTexts returns two texts that a field may have.
func twoTexts(p *part) (one, other string) {
	if len(p.choices) > 1 {
		return p.choices[0], p.choices[1]
	}
	switch p.form {
	case form.URL, form.Link:
		return "https://one.example/a?b=c", "http://127.0.0.1:3000"
	case form.Prefix:
		return "/one", "/two/three"
	case form.Address:
		return "127.0.0.1:1", "unix:/run/pme.sock"
	case form.HostPort:
		return "127.0.0.1:1", "[::1]:2"
	case form.Redis:
		return "redis://one:6379/0", "rediss://two"
	case form.File:
		return "/one", "/two"
	}
	return "one", "two"
}

// fileOf returns a file that has a value for a field, at the last line.
func fileOf(p *part, key, value string) string {
	var text strings.Builder
	words := strings.Split(p.path, ".")
	for depth, word := range words[:len(words)-1] {
		text.WriteString(strings.Repeat("  ", depth) + word + ":\n")
	}
	text.WriteString(strings.Repeat("  ", len(words)-1) + key + ": " + value + "\n")
	return text.String()
}

func fileWith(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	writeFile(t, name, text)
	return name
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// tellFile has the file say something of a field, and returns where.
func tellFile(t *testing.T, from *Sources, p *part, s spelling) string {
	from.File = fileWith(t, fileOf(p, p.key, s.yaml))
	return from.File + ":" + itoa(strings.Count(p.path, ".")+1)
}

func tellVariable(_ *testing.T, from *Sources, p *part, s spelling) string {
	from.Env = func(name string) (string, bool) { return s.text, name == p.env }
	return p.env
}

func tellFlag(t *testing.T, from *Sources, p *part, s spelling) string {
	text := s.text
	if p.isSecret() {
		text = fileWith(t, strings.Join(s.value.([]string), "\n")+"\n")
	}
	set := flag.NewFlagSet("pme", flag.ContinueOnError)
	from.Flags = RegisterFlags(set)
	if err := set.Parse([]string{"-" + p.flag() + "=" + text}); err != nil {
		t.Fatal(err)
	}
	return "-" + p.flag()
}

func TestEveryFieldFromEverySourceInItsOrder(t *testing.T) {
	type tell = func(*testing.T, *Sources, *part, spelling) string
	for name, tells := range map[string][]tell{
		"file":                  {tellFile},
		"environment":           {tellVariable},
		"flag":                  {tellFlag},
		"environment over file": {tellFile, tellVariable},
		"flag over file":        {tellFile, tellFlag},
		"flag over environment": {tellVariable, tellFlag},
		"flag over both":        {tellVariable, tellFile, tellFlag},
	} {
		t.Run(name, func(t *testing.T) {
			for p := range root.fields() {
				var from Sources
				both, origin := spellings(p), ""
				for i, tell := range tells { // the last one counts, and the others say something else
					s := both[1]
					if i == len(tells)-1 {
						s = both[0]
					}
					origin = tell(t, &from, p, s)
				}
				expectAlone(t, from, p, both[0].value, origin)
			}
		})
	}
}

// expectAlone loads a configuration in which one field has a value, and nothing else is said.
func expectAlone(t *testing.T, from Sources, p *part, value any, origin string) {
	t.Helper()
	loaded, err := Load(from)
	if err != nil {
		t.Errorf("%s: %v", p.path, err)
		return
	}
	got := p.in(&loaded.Config)
	if p.isSecret() {
		if values := got.Interface().(Secret).Values(); !reflect.DeepEqual(values, value) {
			t.Errorf("%s has %d values, want %d others", p.path, len(values), len(value.([]string)))
		}
	} else if !reflect.DeepEqual(got.Interface(), value) {
		t.Errorf("%s is %v, want %v", p.path, got, value)
	}
	if loaded.Origin(p.path) != origin {
		t.Errorf("%s is from %q, want %q", p.path, loaded.Origin(p.path), origin)
	}
	var empty Config
	p.in(&empty) // makes its section
	got.SetZero()
	rest, err := json.Marshal(loaded.Config)
	nothing, err2 := json.Marshal(empty)
	if err != nil || err2 != nil || !bytes.Equal(rest, nothing) {
		t.Errorf("%s: something else was changed too: %s, want %s", p.path, rest, nothing)
	}
}

func TestASecretInAFileOfItsOwnFromEverySource(t *testing.T) {
	for p := range root.fields() {
		if !p.isSecret() {
			continue
		}
		want := []string{"one", "two"}
		if p.form == form.Database {
			want = want[:1]
		}
		file := fileWith(t, strings.Join(want, "\n")+"\n")
		yaml := fileWith(t, fileOf(p, p.key+fileSuffix, file))
		expectAlone(t, Sources{File: yaml}, p, want, yaml+":"+itoa(strings.Count(p.path, ".")+1))
		lookup := func(name string) (string, bool) { return file, name == p.env+envFileSuffix }
		expectAlone(t, Sources{Env: lookup}, p, want, p.env+envFileSuffix)
		inText := fileWith(t, fileOf(p, p.key, "three"))
		expectAlone(t, Sources{File: inText, Env: lookup}, p, want, p.env+envFileSuffix)
	}
}

func TestNoNameMeansTwoFields(t *testing.T) {
	names := map[string]string{envFile: "the file", "config": "the file"}
	for p := range root.fields() {
		all := []string{p.env, p.flag()}
		if p.isSecret() {
			all = append(all, p.env+envFileSuffix)
		}
		for _, name := range all {
			if other, is := names[name]; is {
				t.Errorf("%s is %s and %s", name, other, p.path)
			}
			names[name] = p.path
		}
	}
	if len(names) < 200 {
		t.Errorf("only %d names", len(names))
	}
}
