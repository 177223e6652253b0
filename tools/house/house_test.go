package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-pme/pme/tools/internal/checkouttest"
)

// sound returns the files of a house without problems, and more files.
func sound(more map[string]string) map[string]string {
	files := map[string]string{
		"go.mod":                "module example.com/house\n\ngo 1.26.0\n",
		"house.go":              "package house\n\nimport _ \"example.com/house/kitchen\"\n\nconst Name = \"house\"\n",
		"kitchen/kitchen.go":    "package kitchen\n\nimport _ \"example.com/house/internal/water\"\n\ntype Stove struct{}\n",
		"internal/water/tap.go": "package water\n\nfunc Open() {}\n",
		"garden/go.mod":         nestedMod("garden"),
		"garden/garden.go":      "package garden\n\nimport _ \"example.com/house/kitchen\"\n",
		".golangci.yml":         guardsFor("kitchen/*.go", "garden/**", "wing/**"),
	}
	for name, content := range more {
		files[name] = content
	}
	return files
}

func nestedMod(dir string) string {
	return "module example.com/house/" + dir + "\n\ngo 1.26.0\n\n" +
		"require example.com/house v0.0.0\n\nreplace example.com/house => ../\n"
}

func guardsFor(globs ...string) string {
	config := "linters:\n  settings:\n    depguard:\n      rules:\n        everywhere:\n          list-mode: lax\n"
	for _, glob := range globs {
		config += "        " + strings.Trim(glob, "/*.go") + ":\n          files: [\"${config-path}/" + glob + "\", \"!$test\"]\n"
	}
	return config
}

func TestASoundHouseIsPrinted(t *testing.T) {
	var printed strings.Builder
	if err := run(t.Context(), &printed, checkouttest.Write(t, sound(nil))); err != nil {
		t.Fatal(err)
	}
	want := `floor  room            files  lines  exported  imports
0      internal/water  1      3      -         
1      kitchen         1      5      1         internal/water
2      house           1      5      1         kitchen
2      garden          1      3      0         kitchen

4 rooms, 3 imports, 2 exported names (at most ` + strconv.Itoa(maxExported) + `)
`
	if got := printed.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestEachProblemIsReported(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"a circle": {
			files: map[string]string{
				"wing/a/a.go": "package a\n\nimport _ \"example.com/house/wing/b\"\n",
				"wing/b/b.go": "package b\n\nimport _ \"example.com/house/wing/c\"\n",
				"wing/c/c.go": "package c\n\nimport _ \"example.com/house/wing/a\"\n",
			},
			want: []string{"circle of packages: wing/a → wing/b → wing/c → wing/a"},
		},
		"a circle of modules": {
			files: map[string]string{
				"go.mod": "module example.com/house\n\ngo 1.26.0\n\nrequire example.com/house/garden v0.0.0\n\n" +
					"replace example.com/house/garden => ./garden\n",
				"house_test.go": "package house\n\nimport _ \"example.com/house/garden\"\n",
			},
			want: []string{"circle of modules: example.com/house → example.com/house/garden → example.com/house"},
		},
		"a family": {
			files: map[string]string{
				"kitchen/ovendoor.go":  "package kitchen\n\ntype ovenDoor struct{}\n",
				"kitchen/ovenlight.go": "package kitchen\n\ntype ovenLight struct{}\n",
				"kitchen/ovenrack.go":  "package kitchen\n\ntype ovenRack struct{}\n",
			},
			want: []string{`kitchen: 3 files share the prefix "oven" (ovendoor.go, ovenlight.go, ovenrack.go): give them a package`},
		},
		"a crowd": {
			files: crowd("wing/hall", 21),
			want:  []string{"wing/hall: 21 files, and at most 20 are allowed: divide the package"},
		},
		"no crowd":                 {files: crowd("wing/hall", 20)},
		"no crowd in the client":   {files: withGuard(crowd("matterport", 21), "matterport/*.go")},
		"no crowd in the emulator": {files: withGuard(crowd("matterport/matterporttest", 21), "matterport/**")},
		"a foreign internal package": {
			files: map[string]string{"garden/pond.go": "package garden\n\nimport _ \"example.com/house/internal/water\"\n"},
			want:  []string{"garden: imports internal/water, which is internal to another module (example.com/house)"},
		},
		"a foreign internal package of a test": {
			files: map[string]string{"garden/pond_test.go": "package garden_test\n\nimport _ \"example.com/house/internal/water\"\n"},
			want:  []string{"garden: imports internal/water, which is internal to another module (example.com/house)"},
		},
		"an internal package of the same module": {
			files: map[string]string{
				"garden/pond.go":            "package garden\n\nimport _ \"example.com/house/garden/internal/fish\"\n",
				"garden/internal/fish/f.go": "package fish\n",
			},
		},
		"too many names": {
			files: map[string]string{"kitchen/names.go": "package kitchen\n\nconst (" + numbered("\n\tName%d = 0", maxExported-1) + "\n)\n"},
			want:  []string{fmt.Sprintf("all packages: %d exported names, and at most %d are allowed", maxExported+1, maxExported)},
		},
		"a package without a guard": {
			files: map[string]string{
				"kitchen/shelf/shelf.go": "package shelf\n",
				"attic/attic.go":         "package attic\n",
			},
			want: []string{
				"attic: no depguard rule of .golangci.yml covers attic.go",
				"kitchen/shelf: no depguard rule of .golangci.yml covers shelf.go",
			},
		},
		"what needs no guard": {
			files: map[string]string{
				"examples/go.mod":           nestedMod("examples"),
				"examples/visit/visit.go":   "package visit\n",
				"cmd/door/main.go":          "package main\n\nfunc main() {}\n",
				"kitchen/internal/cup/c.go": "package cup\n",
			},
		},
		"all at once": {
			files: map[string]string{
				"attic/attic.go": "package attic\n",
				"garden/pond.go": "package garden\n\nimport _ \"example.com/house/internal/water\"\n",
			},
			want: []string{
				"garden: imports internal/water, which is internal to another module (example.com/house)",
				"attic: no depguard rule of .golangci.yml covers attic.go",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := load(t.Context(), checkouttest.Write(t, sound(test.files)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := h.problems()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestAProblemFailsTheRun(t *testing.T) {
	root := checkouttest.Write(t, sound(map[string]string{"attic/attic.go": "package attic\n"}))
	err := run(t.Context(), &strings.Builder{}, root)
	const want = "the house has problems: 1\n  - attic: no depguard rule of .golangci.yml covers attic.go"
	if err == nil || err.Error() != want {
		t.Errorf("got: %v\nwant: %s", err, want)
	}
}

func TestWhatIsNoHouse(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"no module":      {"house.go": "package house\n"},
		"broken go.mod":  sound(map[string]string{"go.mod": "module\n"}),
		"broken source":  sound(map[string]string{"house.go": "package house\n\nfunc {\n"}),
		"no rules":       {"go.mod": "module example.com/house\n", "house.go": "package house\n"},
		"broken rules":   sound(map[string]string{".golangci.yml": "linters: [\n"}),
		"broken pattern": sound(map[string]string{".golangci.yml": guardsFor("[")}),
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(t.Context(), &strings.Builder{}, checkouttest.Write(t, files)); err == nil {
				t.Error("got no error")
			}
		})
	}
}

// crowd returns n files of a package, whose names share nothing.
func crowd(dir string, n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[dir+"/"+string(rune('a'+i))+".go"] = "package " + filepath.Base(dir) + "\n"
	}
	return files
}

func withGuard(files map[string]string, glob string) map[string]string {
	files[".golangci.yml"] = guardsFor("kitchen/*.go", "garden/**", glob)
	return files
}

// numbered returns n copies of text, each with its number in the place of %d.
func numbered(text string, n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.ReplaceAll(text, "%d", string(rune('A'+i/676))+string(rune('a'+i/26%26))+string(rune('a'+i%26))))
	}
	return all.String()
}
