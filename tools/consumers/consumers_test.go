package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/tools/internal/checkouttest"
)

// checkOut writes a checkout of a root module and a nested one, with more files, and returns its root.
func checkOut(t *testing.T, more map[string]string) string {
	t.Helper()
	files := map[string]string{
		"go.mod":                 "module example.com/house\n\ngo 1.26.0\n",
		"house.go":               "package house\n\nfunc Door() string { return \"open\" }\n",
		"README.md":              "# house\n\n```go\n" + program + "```\n",
		"garden/go.mod":          gardenMod,
		"garden/garden.go":       "package garden\n\nimport \"example.com/house\"\n\nfunc Gate() string { return house.Door() }\n",
		"garden/example_test.go": gardenExample,
		"examples/go.mod":        "module example.com/house/examples\n\ngo 1.26.0\n",
		"tools/go.mod":           "module example.com/house/tools\n\ngo 1.26.0\n",
	}
	for name, content := range more {
		files[name] = content
	}
	return checkouttest.Write(t, files)
}

const (
	program = "package main\n\nimport \"example.com/house\"\n\nfunc main() { println(house.Door()) }\n"

	gardenMod = `module example.com/house/garden

go 1.26.0

require example.com/house v0.0.0

replace example.com/house => ../
`
	gardenExample = `package garden_test

import (
	"fmt"

	"example.com/house/garden"
)

func Example() {
	fmt.Println(garden.Gate())
	// Output: open
}
`
)

func TestConsumersBuild(t *testing.T) {
	for name, test := range map[string]struct {
		files   map[string]string
		version string
		want    string // in the error; empty if there is none
	}{
		"as in the checkout": {},
		"as in a release":    {version: "v0.3.0"},
		"after a release": {files: map[string]string{
			"garden/go.mod": strings.ReplaceAll(gardenMod, "v0.0.0", "v0.3.0"),
		}},
		"an invalid version":                {version: "0.3.0", want: "0.3.0"},
		"a version for another import path": {version: "v2.0.0", want: "v2.0.0"},
		"two versions": {
			files: map[string]string{"examples/go.mod": "module example.com/house/examples\n\nrequire example.com/house v0.2.0\n"},
			want:  "modules of the checkout require example.com/house at v0.2.0 and at v0.0.0",
		},
		"a replacement of somebody else's module": {
			files: map[string]string{"garden/go.mod": gardenMod + "replace example.com/fence => ../fence\n"},
			want:  "example.com/house/garden replaces example.com/fence, which applications ignore",
		},
		"a package that git ignores": {
			files: map[string]string{
				".gitignore":   "shed/\n",
				"shed/shed.go": "package shed\n",
				"house.go":     "package house\n\nimport _ \"example.com/house/shed\"\n\nfunc Door() string { return \"open\" }\n",
			},
			want: "a consumer of example.com/house does not build",
		},
		"a README whose program does not compile": {
			files: map[string]string{"README.md": "# house\n\n```go\n" + strings.ReplaceAll(program, "Door", "Window") + "```\n"},
			want:  "a consumer of example.com/house does not build: go build",
		},
		"an example with another output": {
			files: map[string]string{"garden/example_test.go": strings.ReplaceAll(gardenExample, "Output: open", "Output: closed")},
			want:  "a consumer of example.com/house/garden does not build: go test",
		},
		"a program": {
			files: map[string]string{"gate/go.mod": strings.ReplaceAll(gardenMod, "/garden", "/gate"), "gate/main.go": program},
		},
		"a program with a package that is not published": {
			files: map[string]string{
				"gate/go.mod": strings.ReplaceAll(gardenMod, "/garden", "/gate"), "gate/main.go": strings.ReplaceAll(program, "com/house\"\n", "com/house/shed\"\n"),
			},
			want: "a consumer of example.com/house/gate does not build",
		},
		"a module without an example": {
			files: map[string]string{"attic/go.mod": "module example.com/house/attic\n", "attic/attic.go": "package attic\n"},
			want:  "attic/example_test.go is missing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			root := checkOut(t, test.files)
			t.Setenv("GOPROXY", "off")
			t.Setenv("TMPDIR", t.TempDir())
			err := run(t.Context(), root, test.version)
			if test.want == "" && err != nil {
				t.Error(err)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got: %v\nwant: %s", err, test.want)
			}
			if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
}

func TestTheVersionOfAReleaseIsPublished(t *testing.T) {
	s, err := read(t.Context(), checkOut(t, nil), "v0.3.0")
	if err != nil {
		t.Fatal(err)
	}
	proxy := t.TempDir()
	if err := s.publish(proxy); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"example.com/house/@v/list":              "v0.3.0\n",
		"example.com/house/@v/v0.3.0.mod":        "module example.com/house\n\ngo 1.26.0\n",
		"example.com/house/garden/@v/list":       "v0.3.0\n",
		"example.com/house/garden/@v/v0.3.0.mod": "module example.com/house/garden\n\ngo 1.26.0\n\nrequire example.com/house v0.3.0\n",
	} {
		got, err := os.ReadFile(filepath.Join(proxy, filepath.FromSlash(name)))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestFirstProgram(t *testing.T) {
	const fragment = "```go\nx := 1\n```\n\n"
	for name, test := range map[string]struct{ readme, want string }{
		"a program":            {"# a\n\n```go\npackage main\n\nfunc main() {}\n```\n", "package main\n\nfunc main() {}\n"},
		"after a fragment":     {"# a\n\n" + fragment + "```go\npackage main\n```\n", "package main\n"},
		"before another one":   {"# a\n\n```go\npackage main\n```\n\n```go\npackage main // b\n```\n", "package main\n"},
		"fragments only":       {"# a\n\n" + fragment, ""},
		"another language":     {"# a\n\n```js\npackage main\n```\n", ""},
		"a block without end":  {"# a\n\n```go\npackage main\n", ""},
		"a README without any": {"# a\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := firstProgram(test.readme)
			if string(got) != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q and %v, want %q", got, err, test.want)
			}
		})
	}
}
