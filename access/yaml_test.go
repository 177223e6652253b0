package access_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// parseFile parses one of the sample lists.
func parseFile(t *testing.T, name string) (access.List, error) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return access.ParseYAML(filepath.Base(name), data)
}

func TestBrokenFilesAreReportedLineByLine(t *testing.T) {
	files, err := filepath.Glob("../testdata/allow-broken/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	place := regexp.MustCompile(`^[a-z0-9-]+\.yaml:[1-9][0-9]*: .`)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			list, err := parseFile(t, filepath.Join("allow-broken", filepath.Base(file)))
			if err == nil || list != nil {
				t.Fatalf("ParseYAML = %v, %v; want no list and an error", list, err)
			}
			for line := range strings.Lines(err.Error()) {
				if !place.MatchString(line) {
					t.Errorf("no file and line in %q", line)
				}
			}
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("error text (-golden +got):\n%s", diff)
			}
		})
	}
}

func TestDemoSampleGrantsWhatTheDemoPromises(t *testing.T) {
	list, err := parseFile(t, "allow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy := compile(t, list)
	want := map[string][]access.Model{
		"alice": {{ID: "SxQL3iGyoDo", Name: "Head office"}, {ID: "yyHDFKzPzvN", Name: "Warehouse"}, {ID: "JGPnGQ6hosj", Name: "Showroom"}},
		"bob":   {{ID: "Zh14WDtkjdC", Name: "Laboratory"}, {ID: "iL4RdJqi2yK", Name: "Guest house"}},
		"carol": {{ID: "RpcBbeJYb8K", Name: "Data centre"}},
		"dave":  nil,
	}
	for user, models := range want {
		got, err := policy.Grants(t.Context(), &identity.User{ID: user})
		if diff := cmp.Diff(access.Grants{Models: models}, got); diff != "" || err != nil {
			t.Errorf("Grants of %s (-want +got), %v:\n%s", user, err, diff)
		}
	}
}

func TestFullSampleIsReadAsWritten(t *testing.T) {
	got, err := parseFile(t, "allow-full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := access.List{
		{Groups: []string{"facilities"}, Models: []string{"*"}},
		{
			Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo", "yyHDFKzPzvN"},
			Names: map[string]string{"SxQL3iGyoDo": "Head office", "yyHDFKzPzvN": "Warehouse"},
		},
		{Emails: []string{"bob@example.com", "Carol.Jones@Example.com"}, Models: []string{"yyHDFKzPzvN", "Zh14WDtkjdC"}},
		{Domains: []string{"partner.example"}, Models: []string{"JGPnGQ6hosj"}},
		{
			Users: []string{"007", "2024-01-31"}, Groups: []string{"true", "Data Centre Visitors"},
			Models: []string{"RpcBbeJYb8K", "iL4RdJqi2yK"}, Names: map[string]string{"iL4RdJqi2yK": "24"},
		},
		{
			Users: []string{"dave"}, Emails: []string{"erin@example.org"}, Domains: []string{"landlord.example"},
			Groups: []string{"Löschgruppe 1"}, Models: []string{"SxQL3iGyoDo", "iL4RdJqi2yK"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

func TestListWithoutRulesMustBeSpelledOut(t *testing.T) {
	for _, text := range []string{"rules: []", "---\nrules: []\n...\n", "\ufeffrules: []\r\n", `"rules": []`, "{rules: []}"} {
		list, err := access.ParseYAML("allow.yaml", []byte(text))
		if list == nil || len(list) != 0 || err != nil {
			t.Errorf("ParseYAML(%q) = %v, %v; want a list without rules", text, list, err)
		}
	}
	for _, text := range []string{"", "\n", "# nothing\n", "---", "null", "~", "{}", "[]", "rules:", "rules: null", "rules: ''"} {
		if list, err := access.ParseYAML("allow.yaml", []byte(text)); err == nil {
			t.Errorf("ParseYAML(%q) = %v; want an error", text, list)
		}
	}
}

func TestSizeLimitIsOneMebibyte(t *testing.T) {
	fits := "rules: []\n#" + strings.Repeat("x", 1<<20-11)
	if _, err := access.ParseYAML("allow.yaml", []byte(fits)); err != nil {
		t.Errorf("%d bytes: %v", len(fits), err)
	}
	_, err := access.ParseYAML("allow.yaml", []byte(fits+"x"))
	if err == nil || !strings.HasPrefix(err.Error(), "allow.yaml:1: the file has more than 1048576 bytes") {
		t.Errorf("%d bytes: %v", len(fits)+1, err)
	}
}

func TestErrorTextStaysShort(t *testing.T) {
	var text strings.Builder
	text.WriteString("rules:\n")
	for range 20_000 {
		text.WriteString("- users: [0]\n")
	}
	text.WriteString("- users: ['" + strings.Repeat("x", 100_000) + "']\n  models: ['" + strings.Repeat("x", 100_000) + "']")
	_, err := access.ParseYAML("allow.yaml", []byte(text.String()))
	if err == nil || len(err.Error()) > 16<<10 {
		t.Fatalf("error of %d bytes", len(err.Error()))
	}
	if !strings.HasSuffix(err.Error(), "allow.yaml:102: and 19901 more problems from here on") {
		t.Errorf("the error does not say how much it leaves out: …%s", err.Error()[len(err.Error())-100:])
	}
}

// A file of secrets that is mounted in the wrong place must not end up in the log.
func TestErrorsDoNotQuoteWhatIsNotAnAllowList(t *testing.T) {
	for _, text := range []string{
		"hunter2", "client_secret: hunter2", "- hunter2", "rules: hunter2", "rules: [hunter2]", "rules: [{users: hunter2}]",
		"hunter2\n---\nhunter2", "client_secret=hunter2\nother=hunter2\n", "\"hunter2", "a: {b: hunter2",
	} {
		if _, err := access.ParseYAML("allow.yaml", []byte(text)); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseYAML(%q): %v", text, err)
		}
	}
}
