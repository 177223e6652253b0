package pme_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/accounts"
	"github.com/go-pme/pme/pages"
)

// sentences are what refusals can say to a visitor, as the code has them: each Text of a literal, and what functions named
// text return.
func sentences(t *testing.T) map[string]bool {
	t.Helper()
	found := make(map[string]bool)
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[text] = true
		}
	}
	for _, room := range []string{".", "accounts", "handler", "internal", "middleware", "pages"} {
		for _, file := range goFiles(t, room) {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Text" {
						add(n.Value)
					}
				case *ast.FuncDecl:
					if n.Name.Name == "text" {
						ast.Inspect(n.Body, func(n ast.Node) bool {
							if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
								add(r.Results[0])
							}
							return true
						})
					}
				case *ast.ValueSpec:
					if n.Names[0].Name == "notAllowed" {
						add(n.Values[0])
					}
				}
				return true
			})
		}
	}
	return found
}

// goFiles are the files of a room that are no tests, with those of the rooms in it.
func goFiles(t *testing.T, room string) (files []*ast.File) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(room), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && room == "." && path != "." {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(room, path), nil, 0)
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// language is a file of words: texts, and tables of texts.
type language map[string]any

func readLanguage(t *testing.T, path string) language {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var words language
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return words
}

// flat lists the texts by their names, "Element.play".
func (l language) flat() map[string]string {
	all := make(map[string]string)
	for name, value := range l {
		switch value := value.(type) {
		case string:
			all[name] = value
		case map[string]any:
			for key, text := range value {
				all[name+"."+key], _ = text.(string)
			}
		}
	}
	return all
}

var places = regexp.MustCompile(`\{\w+\}`)

// TestLanguagesAreComplete compares each file with the fields of its struct, and with the English one.
func TestLanguagesAreComplete(t *testing.T) {
	for room, words := range map[string]any{"pages": pages.Strings{}, "accounts": accounts.Strings{}} {
		english := readLanguage(t, room+"/languages/en.json")
		for i := range reflect.TypeOf(words).NumField() {
			if name := reflect.TypeOf(words).Field(i).Name; english[name] == nil {
				t.Errorf("%s: the English words lack %s", room, name)
			}
		}
		files, err := filepath.Glob(room + "/languages/*.json")
		if err != nil || len(files) < 3 {
			t.Fatalf("%v, %v", files, err)
		}
		for _, path := range files {
			other := readLanguage(t, path).flat()
			for name, text := range english.flat() {
				if strings.TrimSpace(other[name]) == "" {
					t.Errorf("%s lacks %s", path, name)
				}
				if diff := cmp.Diff(places.FindAllString(text, -1), places.FindAllString(other[name], -1)); diff != "" {
					t.Errorf("%s: %s has other places (-want +got):\n%s", path, name, diff)
				}
				delete(other, name)
			}
			if len(other) > 0 {
				t.Errorf("%s has what no page uses: %v", path, slices.Collect(maps.Keys(other)))
			}
		}
	}
}

// TestLanguagesHaveEverySentence compares the English file with what the code can say.
func TestLanguagesHaveEverySentence(t *testing.T) {
	said := sentences(t)
	delete(said, "")
	want := make(map[string]any)
	for sentence := range said {
		want[sentence] = sentence
	}
	if diff := cmp.Diff(want, readLanguage(t, "pages/languages/en.json")["Sentences"]); diff != "" {
		t.Errorf("sentences of the code (-), and of the file (+):\n%s", diff)
	}
	if len(said) < 30 {
		t.Errorf("only %d sentences were found", len(said))
	}
}

var elementWord = regexp.MustCompile(`(?m)^  (\w+): ("[^"]*"),$`)

func TestLanguagesHaveEveryWordOfTheElement(t *testing.T) {
	script, err := os.ReadFile("pages/browser/words.js")
	if err != nil {
		t.Fatal(err)
	}
	want := make(map[string]any)
	for _, m := range elementWord.FindAllStringSubmatch(string(script), -1) {
		want[m[1]], err = strconv.Unquote(m[2])
		if err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, readLanguage(t, "pages/languages/en.json")["Element"]); diff != "" {
		t.Errorf("words of the element (-), and of the file (+):\n%s", diff)
	}
}
