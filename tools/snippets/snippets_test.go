package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/go-pme/pme/tools/internal/checkouttest"
)

// house is a checkout with one package and the module of its examples.
var house = map[string]string{
	"go.mod":           "module github.com/go-pme/pme\n\ngo 1.26.0\n",
	"door/door.go":     "// Package door is one.\npackage door\n\n// Open opens.\nfunc Open(n int) error { return nil }\n",
	"examples/go.mod":  "module github.com/go-pme/pme/examples\n\ngo 1.26.0\n\nrequire github.com/go-pme/pme v0.0.0\n\nreplace github.com/go-pme/pme => ..\n",
	"examples/main.go": "package main\n\nimport \"github.com/go-pme/pme/door\"\n\nfunc main() { _ = door.Open(1) }\n",
}

func checkDocument(t *testing.T, document string) error {
	t.Helper()
	files := maps.Clone(house)
	files["a.md"] = document
	return run(t.Context(), checkouttest.Write(t, files))
}

func fenced(language, text string) string { return "```" + language + "\n" + text + "\n```\n" }

func TestEachProblemIsReportedAtItsLine(t *testing.T) {
	for name, test := range map[string]struct{ document, want string }{
		"a name that does not exist":      {"# A\n\n" + fenced("go", "n := 1\nerr := door.Shut(n)"), "a.md:5: undefined: door.Shut"},
		"a variable that is not declared": {fenced("go", "_ = door.Open(n)"), "a.md:2: undefined: n"},
		"a wrong type":                    {"<!-- given: n string -->\n" + fenced("go", "_ = door.Open(n)"), "a.md:3: cannot use n (variable of type string) as int value in argument to door.Open"},
		"an ellipsis":                     {fenced("go", "door.Open(1)\n…"), "a.md:2: neither statements nor declarations"},
		"no code":                         {fenced("go", "// soon"), "a.md:2: no code"},
		"an unused import in a program":   {fenced("go", "package main\n\nimport \"os\"\n\nfunc main() {}"), `a.md:4: "os" imported and not used`},
		"a loop of the shell":             {fenced("sh", "for a in b; do"), "a.md:2: exit status 2"},
		"a script of a server":            {fenced("javascript", "const a = ;"), "a.md:2: exit status 1"},
		"a comma of JSON":                 {fenced("json", `{"a":1,}`), "a.md:2: invalid character"},
		"a tab of YAML":                   {fenced("yaml", "a:\n\tb: 1"), "a.md:2: yaml"},
		"a language without a check":      {fenced("cobol", "STOP RUN."), `a.md:2: no check for code in "cobol"`},
		"a block in a list":               {"- a\n\n  " + strings.ReplaceAll(fenced("go", "door.Shut()"), "\n", "\n  "), "a.md:4: undefined: door.Shut"},
		"a block that never ends":         {"```go\ndoor.Open(1)\n", "a.md:2: the block does not end"},
	} {
		t.Run(name, func(t *testing.T) {
			err := checkDocument(t, test.document)
			if want := "the code in the documents has problems: 1\n  - " + test.want; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got:  %v\nwant: %s", err, want)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	err := checkDocument(t, fenced("go", "door.A()\ndoor.B()")+fenced("json", "{")+fenced("go", "door.C()"))
	if err == nil || !strings.Contains(err.Error(), "has problems: 4") {
		t.Errorf("got: %v", err)
	}
}

func TestSoundDocuments(t *testing.T) {
	err := checkDocument(t, fenced("go", "package main\n\nfunc main() {}")+fenced("go", "// Program is one.\npackage main\n\nfunc main() {}")+
		"<!-- given: n int -->\n"+fenced("go", "err := door.Open(n)\nif err != nil {\n\treturn\n}")+
		fenced("go", "func open(ctx context.Context) error { return door.Open(1) }")+
		fenced("sh", "go test ./...")+fenced("python", "a = [1]")+fenced("javascript", "app.get(1)")+fenced("php", "<?php echo 1;")+fenced("json", `{"a":1}`)+fenced("yaml", "a: [1]")+fenced("", "a picture ─▶"))
	if err != nil {
		t.Error(err)
	}
}
