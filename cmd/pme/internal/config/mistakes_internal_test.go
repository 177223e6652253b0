package config

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// hush is a secret. No problem may have it in its text.
const hush = "hush!7381#hush"

// A mistake makes a file of which a field is wrong. The value is a good one.
type mistake struct {
	name string
	file func(p *part, key, value string) string
	line func(last int) int // where the problem is reported; nil for the last line
}

func replaced(text string) func(p *part, key, value string) string {
	return func(p *part, key, _ string) string { return fileOf(p, key, text) }
}

// mistakes can be made with each field.
var mistakes = []mistake{
	{name: "empty", file: replaced("")},
	{name: "null", file: replaced("~")},
	{name: "empty text", file: replaced("''")},
	{name: "a list in a list", file: replaced("[['" + hush + "']]")},
	{name: "a mapping in a mapping", file: replaced("{'" + hush + "': {a: b}}")},
	{name: "a number with a fraction", file: replaced("7381.5")},
	{name: "a date", file: replaced("2026-12-31")},
	{name: "an alias", file: replaced("*" + hush)},
	{name: "an anchor", file: func(p *part, key, value string) string { return fileOf(p, key, "&a "+value) }},
	{name: "a tag", file: func(p *part, key, value string) string { return fileOf(p, key, "!mine "+value) }},
	{name: "a tab", file: func(p *part, key, value string) string { return fileOf(p, key, "\t"+value) }},
	{name: "a byte that is not UTF-8", file: replaced("'" + hush + "\xff'")},
	{name: "a character that reorders text", file: replaced("'" + hush + "\u202e'")},
	{name: "an escaped line break", file: replaced(`"` + hush + `\n` + hush + `"`)},
	{name: "a quotation mark that is not closed", file: replaced(`"` + hush)},
	{name: "a bracket that is not closed", file: replaced(`[` + `"` + hush + `"`)},
	{name: "two values", file: replaced("'" + hush + "' '" + hush + "'")},
	{name: "a repeated key", file: func(p *part, key, value string) string {
		text := fileOf(p, key, value)
		lines := strings.SplitAfter(text, "\n")
		return text + lines[len(lines)-2]
	}, line: func(last int) int { return last + 1 }},
	{name: "a mistyped key", file: func(p *part, key, value string) string { return fileOf(p, key+"x", value) }},
	{name: "a key in capitals", file: func(p *part, key, value string) string { return fileOf(p, strings.ToUpper(key), value) }},
	{name: "no colon", file: func(p *part, key, _ string) string {
		return strings.Replace(fileOf(p, key, hush), key+":", key, 1)
	}},
	{name: "a second document", file: func(p *part, key, value string) string {
		return fileOf(p, key, value) + "---\n" + key + ": '" + hush + "'\n"
	}, line: func(last int) int { return last + 1 }},
}

func TestEveryFieldWrongInManyWaysHasALineAndARemedy(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			for p := range root.fields() {
				line := strings.Count(p.path, ".") + 1
				if m.line != nil {
					line = m.line(line)
				}
				expectProblem(t, "pme.yaml", p.path, m.file(p, p.key, spellings(p)[0].yaml), line)
				if p.isSecret() {
					expectProblem(t, "pme.yaml", p.path, m.file(p, p.key+fileSuffix, "one"), line)
				}
			}
		})
	}
}

// parsed returns what is wrong with the text of a file.
func parsed(name, text string) error {
	var problems collector
	parseFile(name, []byte(text), &problems)
	return problems.err()
}

// expectProblem expects a file with a text to be refused, because of a line.
func expectProblem(t *testing.T, name, path, text string, line int) {
	t.Helper()
	var problems Problems
	if err := parsed(name, text); !errors.As(err, &problems) {
		t.Errorf("%s: %v\n%q", path, err, text)
		return
	}
	for _, problem := range problems {
		// A block that ends at the end of the file is wrong in the line after it.
		if problem.File != name || problem.Line != line && problem.Line != line+1 {
			t.Errorf("%s: %v, want it at line %d of\n%s", path, problem, line, text)
		}
		expectClear(t, problem)
	}
}

// expectClear expects a problem that helps, and that has no secret in it.
func expectClear(t testing.TB, p Problem) {
	t.Helper()
	if p.Text == "" || p.Remedy == "" || strings.Contains(p.Error(), hush) || strings.Contains(p.Error(), hush[:8]) || len(p.Error()) > 2000 {
		t.Errorf("an unclear problem: %v", p)
	}
}

// wrongTexts are values that a variable or a flag may have, and that no field, or few, may have.
var wrongTexts = []string{hush + "\nx", hush + "\x00", " ", "\xff" + hush, "[" + hush, "{" + hush, "\ufeff" + hush, hush + "\u202e", "[\"" + hush + "\",]", "[[]]", "{}"}

func TestEveryVariableAndFlagWrongInManyWaysHasARemedy(t *testing.T) {
	for _, text := range wrongTexts {
		for p := range root.fields() {
			// A bracket is a character as others in a text without a form, and in a secret.
			free := form.Illegible(text) == nil && (p.kind == typeText && p.choices == nil && (p.form == "" || p.form == form.File) || p.isSecret())
			free = free || p.form == form.Separator && form.Illegible("|"+text+"|") == nil
			free = free || p.kind == typeTexts && p.choices == nil && (p.form == "" && text[0] == '{' || text == hush+"\nx" && p.form != form.HostPort)
			for name, free := range map[string]bool{p.env: free, p.env + envFileSuffix: false} {
				_, err := Load(Sources{Env: func(n string) (string, bool) { return text, n == name }})
				switch {
				case free != (err == nil):
					t.Errorf("%s=%q: %v", name, text, err)
				case err != nil:
					expectNamed(t, err, name)
				}
			}
			_, err := Load(Sources{Flags: &Flags{given: map[*part][]string{p: {text}}}})
			if free && !p.isSecret() != (err == nil) {
				t.Errorf("-%s=%q: %v", p.flag(), text, err)
			} else if err != nil {
				expectNamed(t, err, "-"+p.flag())
			}
		}
	}
}

// expectNamed expects problems with a variable or a flag.
func expectNamed(t *testing.T, err error, name string) {
	t.Helper()
	var problems Problems
	if !errors.As(err, &problems) {
		t.Errorf("%s: %v", name, err)
	}
	for _, problem := range problems {
		if problem.Name != name || problem.Path == "" || problem.Line != 0 {
			t.Errorf("%s: %v", name, problem)
		}
		expectClear(t, problem)
	}
}

func TestEveryTextOfItsOwnFormIsChecked(t *testing.T) {
	for p := range root.fields() {
		wrong := []string{}
		switch {
		case len(p.choices) > 0, p.kind == typeBool, p.kind == typeInt, p.kind == typeDuration, p.kind == typePrefixes:
			wrong = append(wrong, "x y", "no-such", "-1", "1.5", "0x10", "1_000", "99999999999")
		case p.form == form.URL:
			wrong = append(wrong, "ftp://a", "example.com", "/path", "https://", "https://u:p@a", "https://a#b", "http://a:b:c", "javascript:alert(1)")
		case p.form == form.Link:
			wrong = append(wrong, "//evil.example", `/\evil.example`, "javascript:alert(1)", "path", "https://u:p@a", "ftp://a")
		case p.form == form.Prefix:
			wrong = append(wrong, "pme", "/", "/pme/", "//pme", "/a/../b", "/a?b", "/a b", "/{id}", "/%2e")
		case p.form == form.Address, p.form == form.HostPort:
			wrong = append(wrong, "127.0.0.1", "8080", "localhost:http", "localhost:99999", "localhost:-1", "localhost:080", "unix:relative")
		case p.form == form.Redis:
			wrong = append(wrong, "localhost:6379", "http://a", "redis://", "redis://:"+hush+"@host")
		case p.form == form.Header:
			wrong = append(wrong, "X User", "X:User", "Nutzer-Ö", `"X"`)
		}
		for _, text := range wrong {
			yaml := fmt.Sprintf("%q", text)
			if p.kind == typeTexts || p.kind == typePrefixes {
				yaml = "[" + yaml + "]"
			}
			expectProblem(t, "pme.yaml", p.path, fileOf(p, p.key, yaml), strings.Count(p.path, ".")+1)
			if p.kind == typePrefixes || p.kind == typeTexts {
				continue
			}
			if _, err := Load(Sources{Env: func(n string) (string, bool) { return text, n == p.env }}); err == nil {
				t.Errorf("%s=%q is accepted", p.env, text)
			}
		}
	}
}

func TestAllProblemsAtOnceInTheOrderOfTheLines(t *testing.T) {
	name := fileWith(t, "addr: 7\nlog: {level: loud, colour: true}\nmatterport:\n  client_secret: ["+hush+", 7]\n  client_idd: x\ndrain: 15\n")
	lookup := func(n string) (string, bool) { return "no", n == "PME_FLEET_TLS" }
	_, err := Load(Sources{File: name, Env: lookup, Environ: []string{"PME_ADR=x", "PATH=y"}, Flags: &Flags{file: []string{name, name}}})
	want := strings.Join([]string{
		name + `:1: addr: the value is a number: put it in quotes if it is a text`,
		name + `:2: log.level: the value is not one of those there are: write debug, info, warn or error`,
		name + `:2: log: the key "colour" is unknown: this section may have level, format`,
		name + `:4: matterport.client_secret: the value is a number: put it in quotes if it is a text`,
		name + `:5: matterport: the key "client_idd" is unknown: did you mean client_id?`,
		name + `:6: drain: the value is a number: write it with a unit, such as 90s, 10m or 12h`,
		`PME_FLEET_TLS: fleet.tls: the value is neither true nor false: write true or false`,
		`PME_ADR: the variable is unknown: did you mean PME_ADDR?`,
		`-config: the flag is given twice: give it once`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

func TestAFileThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for name, want := range map[string]string{dir: "not a regular file", dir + "/none": "no such file", "/dev/null": "not a regular file"} {
		_, err := Load(Sources{File: name})
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != 1 || problems[0].File != name || !strings.Contains(problems[0].Text, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(dir+"/closed", nil, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(Sources{File: dir + "/closed"}); err == nil && os.Getuid() != 0 {
		t.Error("a file without rights was read")
	}
}

// A URL of another database must not be taken for the path of a file: errors about files name them.
func TestADatabaseIsAFileOrPostgreSQL(t *testing.T) {
	for _, value := range []string{"mysql://root:hunter2@db/pme", "Postgres://root:hunter2@db/pme", "sqlite:/hunter2", "file:///hunter2"} {
		_, err := Load(Sources{Env: func(name string) (string, bool) { return value, name == "PME_AUDIT_DATABASE" }})
		if err == nil || !strings.Contains(err.Error(), "PostgreSQL") && !strings.Contains(err.Error(), "postgres://") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", value[:5], err)
		}
	}
}
