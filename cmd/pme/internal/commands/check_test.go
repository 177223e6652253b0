package commands_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestAConfigurationIsChecked(t *testing.T) {
	s := newSite(t)
	golden(t, "check", s.run(t, "check"))
	golden(t, "check-online", s.run(t, "check", "-online"))
	golden(t, "check-online-json", s.run(t, "check", "-online", "-json", "-model", warehouse))
	if n := len(s.up.LiveTokens()); n != 0 {
		t.Errorf("%d tokens are left", n)
	}
	if s.up.Calls("createPrivateModelEmbedLink") != 2 || s.up.Calls("deletePrivateModelEmbedToken") != 2 {
		t.Error("the tokens were not tried")
	}
}

func TestACheckSaysWhatIsWrong(t *testing.T) {
	s := newSite(t)
	s.write(t, "allow.yaml", rules+"  - users: [alice]\n    models: [\"*\"]\n    until: 2020-01-01 Europe/Berlin\n")
	golden(t, "check-odd-list", s.run(t, "check"))
	s.write(t, "allow.yaml", "rules:\n  - users: [alice]\n")
	s.add(t, "tokens:\n  valid_for: 10s\naudit:\n  mode: required\n")
	golden(t, "check-problems", s.run(t, "check"))
	s.add(t, "addr: again\n")
	golden(t, "check-unreadable", s.run(t, "check", "-json"))
}

func TestACheckAgainstATroubledMatterport(t *testing.T) {
	s := newSite(t)
	golden(t, "check-unknown-space", s.run(t, "check", "-online", "-model", "AAAAAAAAAAA"))
	s.up.ResetClientSecret("another-secret")
	golden(t, "check-wrong-secret", s.run(t, "check", "-online"))
	s.up.Fail("*", matterporttest.HTML(503), -1)
	golden(t, "check-outage", s.run(t, "check", "-online"))
}

func TestACheckLeavesNoTrace(t *testing.T) {
	s := newSite(t)
	s.add(t, s.control()+"audit:\n  dir: audit\n  mode: required\n")
	if o := s.run(t, "check"); o.code != 0 {
		t.Fatalf("%+v", o)
	}
	for _, name := range []string{"audit", "control.sock"} {
		if _, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
	p := s.serve(t)
	before := s.files(t)
	if o := s.run(t, "check"); o.code != 0 {
		t.Errorf("beside the running process: %+v", o)
	}
	p.stop()
	if o := s.run(t, "audit", "verify"); o.code != 0 || strings.Count(o.out, "1 to") != 1 || len(before) != 1 {
		t.Errorf("%v %+v", before, o)
	}
}

func (s *site) files(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "audit", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestNoConfigurationIsTheDemo(t *testing.T) {
	if o := run(t, nil, "check"); o.code != 0 || !strings.Contains(o.out, "demo") {
		t.Errorf("%+v", o)
	}
	if o := run(t, nil, "doctor"); o.code != 0 || !strings.Contains(o.out, "demo") {
		t.Errorf("%+v", o)
	}
}

func TestADoctorLooksAtEverything(t *testing.T) {
	s := newSite(t)
	s.add(t, s.control()+"audit:\n  dir: audit\n")
	golden(t, "doctor-before-start", s.run(t, "doctor"))
	s.serve(t)
	golden(t, "doctor", s.run(t, "doctor"))
	must(t, os.Chmod(filepath.Join(s.dir, "client-secret"), 0o644))
	must(t, os.Chmod(filepath.Join(s.dir, "allow.yaml"), 0o666))
	must(t, os.Chmod(filepath.Join(s.dir, "audit"), 0o755))
	golden(t, "doctor-rights-json", s.run(t, "doctor", "-json"))
	s.up.Fail("*", matterporttest.HTML(503), -1)
	must(t, os.Chmod(filepath.Join(s.dir, "allow.yaml"), 0o600))
	golden(t, "doctor-outage", s.run(t, "doctor"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWebhooksAreManaged(t *testing.T) {
	s := newSite(t, "webhook:\n  secret_file: hook-secret\n  header: X-Hook-Secret\n")
	golden(t, "webhook-no-base", s.run(t, "webhook", "register"))
	at := []string{"-url", "http://127.0.0.1:9/matterport-events"}
	hook := func(args ...string) outcome {
		o := s.run(t, append(append([]string{"webhook"}, args...), at...)...)
		if id := s.hook(t); id != "" {
			o.out, o.err = strings.ReplaceAll(o.out, id, "ID"), strings.ReplaceAll(o.err, id, "ID")
		}
		return o
	}
	golden(t, "webhook-none", hook("list"))
	golden(t, "webhook-ping-none", hook("ping"))
	golden(t, "webhook-register", hook("register", "-type", "deleted"))
	golden(t, "webhook-register-again", hook("register"))
	golden(t, "webhook-list", hook("list"))
	golden(t, "webhook-list-json", hook("list", "-json"))
	golden(t, "webhook-ping", hook("ping"))
	id := s.hook(t)
	if o := s.run(t, "webhook", "remove", id); o.code != 0 || s.hook(t) != "" {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "webhook", "remove", id); o.code != 1 {
		t.Errorf("a second time: %+v", o)
	}
	s.up.Fail("*", matterporttest.HTML(503), -1)
	if o := s.run(t, "webhook", "list"); o.code != 3 {
		t.Errorf("in an outage: %+v", o)
	}
}

// hook returns the ID of the first registration.
func (s *site) hook(t *testing.T) string {
	t.Helper()
	o := run(t, map[string]string{"PME_CONFIG": s.config}, "webhook", "list")
	lines := strings.Split(o.out, "\n")
	if len(lines) < 3 {
		return ""
	}
	return strings.Fields(lines[1])[0]
}

func TestWebhooksNeedASecret(t *testing.T) {
	s := newSite(t)
	golden(t, "webhook-no-secret", s.run(t, "webhook", "register", "-url", "http://127.0.0.1:9/x"))
}
