package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/document"
)

func TestFilesThatAreNotRead(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		line int
		want string
	}{
		"too large":                  {"# " + strings.Repeat("x", document.MaxSize), 1, "more than 1048576 bytes"},
		"byte order mark":            {"\ufeffaddr: :1\n", 1, "byte order mark"},
		"UTF-16":                     {"a\x00d\x00", 1, "U+0000 is invisible"},
		"Latin-1":                    {"# caf\xe9\n", 1, "not UTF-8"},
		"tab":                        {"log:\n\tlevel: info\n", 2, "a tab"},
		"tab behind a value":         {"log:\n  level: info\t# x\n", 2, "a tab"},
		"carriage return":            {"addr: :1\r# x\n", 1, "U+000D"},
		"line separator":             {"# x\n# a\u2028addr: :1\n", 2, "U+2028"},
		"two documents":              {"addr: :1\n---\naddr: :2\n", 2, "a second YAML document"},
		"two, one broken":            {"addr: :1\n---\n[\n", 3, "this is not YAML"},
		"too deep":                   {strings.Repeat("[", 20_000), 1, "too deep"},
		"a scalar":                   {hush, 1, "the file is a text"},
		"a list":                     {"[" + hush + "]", 1, "the file is a list"},
		"a merge key":                {"<<: {addr: x}\n", 1, "merge key"},
		"a key that is a list":       {"[a]: b\n", 1, "a key is a list"},
		"an alias":                   {"addr: *" + hush + "\n", 1, "begins with *"},
		"an anchor and alias":        {"addr: &a ':1'\nbase_url: *a\n", 1, "an anchor"},
		"the alias of it":            {"addr: &a ':1'\nbase_url: *a\n", 2, "an alias"},
		"the root's anchor":          {"&a\naddr: ':1'\n", 1, "an anchor"},
		"a tag":                      {"addr: !!binary aGk=\n", 1, "a tag"},
		"a directive":                {"%YAML 9.9\n---\naddr: ':1'\n", 1, "a directive"},
		"a section that is a number": {"log: 7\n", 1, "the section is a number"},
		"a section that is empty":    {"addr: ':1'\nlog:\n", 2, "the section is empty"},
		"a tilde for a file":         {"~\n", 1, "the file is empty"},
		"both keys of a secret":      {"audit:\n  chain_key: x\n  chain_key_file: y\n", 3, "both chain_key and chain_key_file"},
		"too many secrets":           {"fleet:\n  keys: " + strings.Repeat("k ", 17) + "k\n", 2, "more than 16"},
		"a secret that is empty":     {"fleet:\n  keys: ' '\n", 2, "space"},
		"two databases":              {"audit:\n  database: [a, b]\n", 2, "several databases"},
		"an item twice":              {"admin:\n  users: [a,\n    b, a]\n", 3, "twice"},
		"a name twice":               {"login:\n  oidc:\n    auth_params: {a: b, a: c}\n", 3, "second time"},
		"an IPv4 address in IPv6":    {"proxies: ['::ffff:10.0.0.0/104']\n", 1, "written as IPv6"},
		"bits of a host":             {"proxies: [10.0.0.7/8]\n", 1, "write 10.0.0.0/8"},
		"a short retention":          {"audit: {retention: 1h}\n", 1, "write 24h or more"},
		"no time":                    {"drain: 0s\n", 1, "not positive"},
		"a day":                      {"drain: 1d\n", 1, "a day is 24h"},
		"a quoted number":            {"tokens: {mint_burst: '7'}\n", 1, "write it without quotes"},
		"a small number":             {"tokens: {mint_burst: 0}\n", 1, "write 1 or more"},
		"a quoted truth":             {"fleet: {tls: 'true'}\n", 1, "write it without quotes"},
		"yes":                        {"fleet: {tls: yes}\n", 1, "write true or false"},
	} {
		var problems Problems
		err := parsed("pme.yaml", c.text)
		if !errors.As(err, &problems) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := false
		for _, p := range problems {
			expectClear(t, p)
			found = found || p.Line == c.line && strings.Contains(p.Error(), c.want)
		}
		if !found {
			t.Errorf("%s: got %v, want %q at line %d", name, err, c.want, c.line)
		}
	}
}

func TestFilesThatSayNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "--- # nothing\n...\n", "{}", "login: {}\nlog: {}\r\n"} {
		if err := parsed("pme.yaml", text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestASectionIsThereIfTheFileHasIt(t *testing.T) {
	loaded, err := Load(Sources{File: fileWith(t, "login:\n  oidc: {}\n  jwt:\n    header: X-Token\n")})
	if err != nil {
		t.Fatal(err)
	}
	login := loaded.Config.Login
	if login.OIDC == nil || login.JWT == nil || login.Bearer != nil || login.Headers != nil || login.Whoami != nil {
		t.Errorf("%+v", login)
	}
}

func TestAWrongFileWithManyProblemsIsCut(t *testing.T) {
	text := strings.Repeat("x: y\n", 300)
	var problems Problems
	if err := parsed("pme.yaml", text); !errors.As(err, &problems) || len(problems) != 300 {
		t.Fatalf("%d problems", len(problems))
	}
	if lines := strings.Split(problems.Error(), "\n"); len(lines) != maxProblems+1 || lines[maxProblems] != "and 200 more problems" {
		t.Errorf("%d lines: %s", len(lines), lines[len(lines)-1])
	}
}

func TestRelativePathsCountFromTheDirectoryOfTheFile(t *testing.T) {
	name := fileWith(t, "access: {file: allow.yaml}\nlogin: {jwt: {public_key: ../key.pem}}\naudit: {database: audit.db, dir: trail, chain_key_file: file.key}\nconnections: {database: 'postgres://u:p@h/d'}\ncontrol: {socket: /run/pme.sock}\n")
	dir := strings.TrimSuffix(name, "/file")
	writeFile(t, dir+"/file.key", "one\n")
	loaded, err := Load(Sources{File: name})
	if err != nil {
		t.Fatal(err)
	}
	c := loaded.Config
	got := []string{c.Access.File, c.Login.JWT.PublicKey, c.Audit.Database.Value(), c.Audit.Dir, c.Audit.ChainKey.Value(), c.Connections.Database.Value(), c.Control.Socket}
	parent := dir[:strings.LastIndexByte(dir, '/')]
	want := []string{dir + "/allow.yaml", parent + "/key.pem", dir + "/audit.db", dir + "/trail", "one", "postgres://u:p@h/d", "/run/pme.sock"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	fromEnv, err := Load(Sources{Env: func(n string) (string, bool) { return "allow.yaml", n == "PME_ACCESS_FILE" }})
	if err != nil || fromEnv.Config.Access.File != "allow.yaml" {
		t.Errorf("in the environment: %q, %v", fromEnv.Config.Access.File, err)
	}
}
