//go:build linux

package ship_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

func TestTheUnitIsHardened(t *testing.T) {
	const most = 2.0 // of 10; below it is what systemd calls safe
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	out, err := exec.CommandContext(t.Context(), analyze, "security", "--offline=true", "--no-pager", "./pme.service").CombinedOutput()
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
