//go:build linux

package ship_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// analyze returns systemd-analyze, which also works on a machine that systemd does not run.
func analyze(t *testing.T) string {
	t.Helper()
	name, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	return name
}

// A setting that systemd does not know is ignored when the unit is loaded, and so is a value that it cannot read.
func TestSystemdKnowsEverythingInTheUnit(t *testing.T) {
	name := analyze(t)
	unit, err := os.ReadFile("pme.service")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	here := strings.NewReplacer("=/usr/local/bin/pme ", "="+self+" ", "=/bin/kill ", "="+self+" ").Replace(string(unit)) // this machine may have neither
	file := filepath.Join(t.TempDir(), "pme.service")
	if err := put(file, []byte(here), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), name, "verify", "--man=no", "--recursive-errors=no", file).CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("pme.service")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestTheUnitIsHardened(t *testing.T) {
	const most = 2.0 // of 10; below it is what systemd calls safe
	out, err := exec.CommandContext(t.Context(), analyze(t), "security", "--offline=true", "--no-pager", "./pme.service").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	found := regexp.MustCompile(`exposure level for pme\.service: ([0-9.]+)`).FindSubmatch(out)
	if found == nil {
		t.Fatalf("no level in\n%s", out)
	}
	level, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil || level >= most {
		t.Errorf("%v, %v\n%s", level, err, out)
	}
	t.Log(level)
}
