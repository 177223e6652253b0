//go:build linux

package ship_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// rehearsed is the version that is released in a rehearsal. No module can require a later one.
const rehearsed = "v0.999.0-test"

// A rehearsal is a release to a repository of its own, as docs/releasing.md tells to do it.
type rehearsal struct {
	clone    string // the clean checkout
	document string // docs/releasing.md
	home     string
	tmp      string // what mktemp -d makes is below
	env      []string
}

// rehearse commits the files of this checkout to a repository that the go command takes for the one on GitHub.
func rehearse(t *testing.T) *rehearsal {
	t.Helper()
	dir := t.TempDir()
	r := &rehearsal{clone: committed(t), home: filepath.Join(dir, "home"), tmp: filepath.Join(dir, "tmp")}
	origin := filepath.Join(dir, "origin.git")
	config := "[user]\nname = release\nemail = release@example.com\n[url \"file://" + origin + "\"]\ninsteadOf = https://github.com/go-pme/pme\n"
	for name, text := range map[string]string{filepath.Join(r.home, ".gitconfig"): config, filepath.Join(r.tmp, ".keep"): ""} {
		if err := put(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r.env = append(environment(t, filepath.Join(dir, "modules")), "HOME="+r.home, "TMPDIR="+r.tmp, "GIT_CONFIG_NOSYSTEM=1")
	r.sh(t, "git clone -q --bare . '"+origin+"'; git remote add origin '"+origin+"'")
	document, err := os.ReadFile(filepath.Join(r.clone, "docs/releasing.md"))
	if err != nil {
		t.Fatal(err)
	}
	r.document = string(document)
	return r
}

// committed returns a copy of the files of the repository in a repository without a remote.
func committed(t *testing.T) string {
	t.Helper()
	dir := checkout(t)
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-Af"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "all"}} {
		git := exec.CommandContext(t.Context(), "git", append([]string{"-C", dir}, args...)...)
		git.Env = without("GIT_")
		if out, err := git.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return dir
}

// without returns the environment without the variables of a prefix.
func without(prefixes ...string) (env []string) {
	for _, variable := range os.Environ() {
		keep := true
		for _, prefix := range prefixes {
			keep = keep && !strings.HasPrefix(variable, prefix)
		}
		if keep {
			env = append(env, variable)
		}
	}
	return env
}

// environment returns one with a module cache of its own, which is filled from that of the machine. The project's modules come from its
// repository alone. Paths are trimmed so that compiled packages do not depend on where the cache is.
func environment(t *testing.T, modules string) []string {
	t.Helper()
	usual := goEnv(t)
	return append(without("GIT_", "GO"), "GOCACHE="+usual["GOCACHE"], "GOMODCACHE="+modules, "GOTOOLCHAIN="+usual["GOTOOLCHAIN"], "GOSUMDB="+usual["GOSUMDB"],
		"GOPROXY=file://"+usual["GOMODCACHE"]+"/cache/download,"+usual["GOPROXY"], "GONOPROXY=github.com/go-pme/pme", "GONOSUMDB=github.com/go-pme/pme,"+usual["GONOSUMDB"],
		"GOFLAGS=-modcacherw -trimpath", "CGO_ENABLED=0")
}

func goEnv(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "env", "-json").Output()
	values := map[string]string{}
	if err == nil {
		err = json.Unmarshal(out, &values)
	}
	if err != nil {
		t.Fatal(err)
	}
	return values
}

var preamble = regexp.MustCompile("\n```sh\n(export GOWORK=off version=v.*)\n```\n")

// sh runs a script at the root of the checkout, as a shell that stops at what fails.
func (r *rehearsal) sh(t *testing.T, script string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir, cmd.Env = r.clone, r.env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s\n%s", err, script, out, stderr.String())
	}
	return string(out)
}

// shorter replaces what .ci/run does anyway, and keeps the programs that are built.
var shorter = strings.NewReplacer(
	"test ./...", "list -deps -test ./... >/dev/null", // every import is found, and nothing changes go.mod
	"\n.ci/run\n", "\n",
	`-modcacherw"`, `-modcacherw -trimpath"`,
	`  rm -r "$dir"`+"\n", "",
)

// blocks returns the commands of a section of the document.
func (r *rehearsal) blocks(t *testing.T, heading string) []string {
	t.Helper()
	_, section, found := strings.Cut(r.document, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	parts := strings.Split(section, "\n```sh\n")
	if !found || len(parts) < 2 {
		t.Fatalf("docs/releasing.md has no commands under %q", heading)
	}
	var blocks []string
	for _, part := range parts[1:] {
		commands, _, _ := strings.Cut(part, "```")
		blocks = append(blocks, commands)
	}
	return blocks
}

// follow runs the first commands of a section, with the version of the rehearsal, and returns what they print.
func (r *rehearsal) follow(t *testing.T, heading string) string {
	t.Helper()
	exports := preamble.FindStringSubmatch(r.document)
	if exports == nil {
		t.Fatal("docs/releasing.md does not say what the commands need")
	}
	return r.sh(t, exports[1]+"\nversion="+rehearsed+"\n"+shorter.Replace(r.blocks(t, heading)[0]))
}

// made returns the directory of mktemp -d that has a file.
func (r *rehearsal) made(t *testing.T, file string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(r.tmp, "*", file))
	if err != nil || len(found) != 1 {
		t.Fatalf("%q, %v", found, err)
	}
	return filepath.Dir(found[0])
}
