//go:build linux

package ship_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The commands of docs/releasing.md make a release that can be installed and checked, and lead back to the checkout.
func TestAReleaseIsRehearsed(t *testing.T) {
	long(t)
	r := rehearse(t)
	if printed := r.follow(t, "2. Tag the root module"); !strings.Contains(printed, rehearsed) {
		t.Errorf("the root module is not there: %s", printed)
	}
	r.follow(t, "3. Tag the nested modules")
	r.follow(t, "4. Tag the program")
	steps := []struct {
		name string
		run  func(*testing.T, *rehearsal)
	}{{"it installs", installs}, {"it is built and signed", builtAndSigned}, {"the checkout is used again", usesTheCheckout}}
	for _, step := range steps {
		if !t.Run(step.name, func(t *testing.T) { step.run(t, r) }) {
			break
		}
	}
}

// installs gets the modules as an application does, and the program as its users do. Then it runs the program.
func installs(t *testing.T, r *rehearsal) {
	if printed := r.follow(t, "8. Verify"); strings.Count(printed, " "+rehearsed+"\n") != 5 || !strings.Contains(printed, "pme "+rehearsed+",") {
		t.Errorf("it does not have each module, at the version of the release:\n%s", printed)
	}
	cmd := exec.CommandContext(context.Background(), filepath.Join(r.made(t, "pme"), "pme"), "serve", "-addr", "127.0.0.1:0")
	cmd.Env, cmd.Dir = []string{"TMPDIR=" + t.TempDir()}, t.TempDir()
	origin := start(t, cmd)
	c := visitor(t, origin)
	for _, path := range []string{"/readyz", "/pme/", "/pme/token?modelId=SxQL3iGyoDo"} {
		if got := status(t, c, origin+path); got != http.StatusOK {
			t.Errorf("%s: %d", path, got)
		}
	}
}

// builtAndSigned builds for all systems, and checks that as whoever downloads it does.
func builtAndSigned(t *testing.T, r *rehearsal) {
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		t.Fatal("ssh-keygen is not installed: apt-get install openssh-client")
	}
	const heading = "5. Build and sign the program"
	r.sh(t, "mkdir ~/.ssh; ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/pme-release")
	r.follow(t, heading)
	dist := r.made(t, "SHA256SUMS.sig")
	check := "cd '" + dist + "'; cp ~/.ssh/pme-release.pub .\n" + r.blocks(t, heading)[1]
	if printed := r.sh(t, check); strings.Count(printed, ": OK\n") != 3*len(machines) {
		t.Errorf("it checks\n%s", printed)
	}
	for arch, machine := range machines {
		name := filepath.Join(dist, "pme-"+rehearsed+"-linux-"+arch)
		program, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkStatic(t, program, machine)
		texts, err := os.ReadFile(name + ".licences.txt")
		if err != nil || !strings.Contains(string(texts), "github.com/redis/rueidis v") {
			t.Errorf("%v, %d bytes of licences", err, len(texts))
		}
	}
	printed := r.sh(t, dist+"/pme-"+rehearsed+"-linux-"+runtime.GOARCH+" version")
	revision := strings.TrimSpace(r.sh(t, "git rev-parse cmd/pme/"+rehearsed+"^{commit}"))
	if !strings.HasPrefix(printed, "pme "+rehearsed+",") || !strings.Contains(printed, "revision "+revision+" ") || strings.Contains(printed, "with changes") {
		t.Errorf("it says that it is\n%s", printed)
	}
}

// usesTheCheckout goes back, after which no module of the checkout is compiled from anywhere else.
func usesTheCheckout(t *testing.T, r *rehearsal) {
	r.follow(t, "7. Go back to the checkout")
	const replaced = `go -C "$dir" list -m -f '{{.Path}} {{.Version}} {{if not (or .Main .Replace)}}elsewhere{{end}}' all | grep '^github.com/go-pme/pme[ /]'`
	for _, module := range []string{"audit/sqlsink", "cmd/pme", "connect/sqlstore", "examples", "fleet", "telemetry"} {
		printed := r.sh(t, "export GOWORK=off dir="+module+"; "+replaced+"; go -C $dir mod tidy -diff; go -C $dir list -deps -test ./... >/dev/null")
		if strings.Contains(printed, "elsewhere") || !strings.Contains(printed, "github.com/go-pme/pme "+rehearsed+" ") {
			t.Errorf("%s has\n%s", module, printed)
		}
	}
	if changed := r.sh(t, "git status --porcelain"); changed != "" {
		t.Errorf("the checkout has changes:\n%s", changed)
	}
}
