package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// hidingRule is a list with a comment that goes on with a rule behind one character.
const hidingRule = "rules:\r\n  - users: [alice]\r\n    models: [SxQL3iGyoDo]\r\n# reviewed by bob%s  - {users: [mallory], models: ['*']}\r\n"

func TestNoRuleHidesInAComment(t *testing.T) {
	for _, r := range []string{
		"\u2028", "\u2029", "\u0085", "\r", "\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
		"\u2066", "\u2067", "\u2068", "\u2069", "\ufeff",
	} {
		list, err := access.ParseYAML("allow.yaml", fmt.Appendf(nil, hidingRule, r))
		want := fmt.Sprintf("allow.yaml:4: %U", []rune(r)[0])
		if list != nil || err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+q: %v, %v; want %q", r, list, err, want)
		}
	}
}

func TestEveryLineWithAHidingCharacterIsReported(t *testing.T) {
	text := "rules: # a\u202eb\r\n  - users: [alice] # \u2028\n    models: ['*'] # \u2029 \u2029\n"
	_, err := access.ParseYAML("allow.yaml", []byte(text))
	if err == nil {
		t.Fatal("no error")
	}
	for i, want := range []string{"allow.yaml:1: U+202E changes the order", "allow.yaml:2: U+2028 is a line break", "allow.yaml:3: U+2029 is a line break"} {
		if !strings.HasPrefix(strings.Split(err.Error()+"\n\n\n", "\n")[i], want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
	if n := strings.Count(err.Error(), "\n"); n != 2 {
		t.Errorf("%d problems, want 3: %v", n+1, err)
	}
}

func TestCommentsMayBeInAnyScript(t *testing.T) {
	text := "\ufeff# مكتب رئيسي, משרד, 👩\u200d💻, خانه\u200cها\r\nrules:\r\n  - groups: ['👩\u200d💻 Developers', 'خانه\u200cها']\r\n    models: ['*'] # \u00ad\r\n"
	if list, err := access.ParseYAML("allow.yaml", []byte(text)); len(list) != 1 || err != nil {
		t.Errorf("ParseYAML = %v, %v", list, err)
	}
}

// An escape is ASCII in the file, and the character is in the entry.
func TestNoEntryHidesACharacter(t *testing.T) {
	for _, escape := range []string{`\u202e`, `\u2066`, `\u061c`, `\L`, `\P`, `\N`, `\r`, `\n`, `\a`, `\ufeff`} {
		for _, where := range []string{
			`{users: ["alice%s"], models: ['*']}`, `{groups: ["%[1]sstaff"], models: ['*']}`, `{emails: ["a%s@example.com"], models: ['*']}`,
			`{domains: ["exa%smple.com"], models: ['*']}`, `{users: [alice], models: [{id: SxQL3iGyoDo, name: "Head%soffice"}]}`,
			`{users: [alice], models: ["%sSxQL3iGyoDo"]}`, `{users: [alice], models: ['*'], "groups%s": [staff]}`,
		} {
			text := "rules:\n\n  - " + fmt.Sprintf(where, escape)
			list, err := access.ParseYAML("allow.yaml", []byte(text))
			if list != nil || err == nil || !strings.HasPrefix(err.Error(), "allow.yaml:3: ") {
				t.Errorf("%s: %v, %v", text, list, err)
			}
		}
	}
}

func TestBlockScalarsAreEntriesOfOneLine(t *testing.T) {
	_, err := access.ParseYAML("allow.yaml", []byte("rules:\n  - users:\n    - |\n      alice\n    models: ['*']\n"))
	if err == nil || !strings.HasPrefix(err.Error(), `allow.yaml:3: "alice\n" among users is not what it looks like: U+000A is a line break`) {
		t.Error(err)
	}
}

func TestEntriesThatLookTheSameAreAnError(t *testing.T) {
	for _, name := range []string{"staff\u200b", "st\u200daff", "staff\u00ad", "staff\U000e0061", "staff\u3164"} {
		text := "rules:\n  - groups: [" + name + "]\n    models: ['*']\n"
		want := fmt.Sprintf("%+q among groups is not what it looks like: U+", name)
		_, inFile := access.ParseYAML("allow.yaml", []byte(text))
		_, inCode := access.List{{Groups: []string{name}, Models: []string{"*"}}}.Policy()
		for what, err := range map[string]error{"in a file": inFile, "in code": inCode} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%+q %s: %v; want %q", name, what, err, want)
			}
		}
	}
}

func TestNameThatCannotBeSeenIsEmpty(t *testing.T) {
	_, err := access.List{{Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo"}, Names: map[string]string{"SxQL3iGyoDo": " \u200b"}}}.Policy()
	if err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Error(err)
	}
}

func TestRulesInCodeHideNothing(t *testing.T) {
	_, err := access.List{
		{Users: []string{"alice\u2028"}, Models: []string{"SxQL3iGyoDo"}, Names: map[string]string{"SxQL3iGyoDo": "a\u202eb"}},
	}.Policy()
	for _, want := range []string{`rule 1: "alice\u2028" among users`, "U+2028", `the name "a\u202eb" of model "SxQL3iGyoDo"`, "U+202E"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want %q", err, want)
		}
	}
}

func TestInvisibleCharacterOfAPersonIsExplained(t *testing.T) {
	policy, err := access.List{{Groups: []string{"staff"}, Models: []string{"*"}}}.Policy()
	if err != nil {
		t.Fatal(err)
	}
	u := &identity.User{ID: "alice", Groups: []string{"staff\u200b"}}
	e, err := access.Explain(t.Context(), policy, u, "SxQL3iGyoDo")
	if want := `the group "staff\u200b" were spelled "staff" (invisible characters)`; e.Allowed || err != nil || !strings.Contains(e.Text, want) {
		t.Errorf("%v, %v; want %q", e.Text, err, want)
	}
}
