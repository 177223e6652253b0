package commands_test

import (
	"bytes"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/cmd/pme/internal/commands"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares an outcome with a file of testdata.
func golden(t *testing.T, name string, got outcome) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	text := "exit " + string(rune('0'+got.code)) + "\n--- stdout\n" + got.out + "--- stderr\n" + got.err
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), text); diff != "" {
		t.Errorf("%s (- want, + got; go test -update writes it):\n%s", name, diff)
	}
}

// open has a person open a space through the gateway, as the proxy in front says.
func (s *server) open(t *testing.T, person, groups, model string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/pme/token?modelId="+model, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Forwarded-User", person)
	r.Header.Set("X-Forwarded-Groups", groups)
	r.Header.Set("X-Proxy-Secret", proxySays)
	r.Close = true
	answer, err := new(http.Client).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("%d\n%s", answer.StatusCode, s.log)
	}
}

func TestOperatorsOfARunningProcess(t *testing.T) {
	s := newSite(t)
	s.add(t, s.control())
	p := s.serve(t)
	golden(t, "who-nobody", s.run(t, "who"))
	p.open(t, "alice", "", office)
	p.open(t, "carol", "facilities,staff", warehouse)
	for _, token := range s.up.LiveTokens() {
		s.secrets = append(s.secrets, token.Value)
	}
	golden(t, "who", s.run(t, "who"))
	golden(t, "who-json", s.run(t, "who", "-json", "-person", "alice"))
	golden(t, "explain-allowed", s.run(t, "explain", "alice", office))
	golden(t, "explain-known", s.run(t, "explain", "carol", office, "-json"))
	golden(t, "explain-refused", s.run(t, "explain", "-group", "sales", "carol", office))
	golden(t, "report", s.run(t, "report"))
	golden(t, "report-model", s.run(t, "report", "-model", warehouse))
	golden(t, "report-user", s.run(t, "report", "-user", "alice", "-json"))
	golden(t, "revoke-everything-without-yes", s.run(t, "revoke", "-everything"))
	golden(t, "revoke-user", s.run(t, "revoke", "alice"))
	golden(t, "revoke-model", s.run(t, "revoke", "-model", warehouse, "-json"))
	golden(t, "revoke-unknown-session", s.run(t, "revoke", "carol", "-session", "0123456789ab"))
	golden(t, "revoke-everything", s.run(t, "revoke", "-everything", "-yes"))
	if left := s.up.LiveTokens(); len(left) != 0 {
		t.Errorf("%d tokens are left", len(left))
	}
	for _, words := range []string{"revoke_user", "revoke_model", "revoke_all", "list_tokens", "explain", "report"} {
		if !strings.Contains(p.log.String(), "reason="+words) {
			t.Errorf("the log does not say %s", words)
		}
	}
}

func TestARevocationWorksWithABrokenConfiguration(t *testing.T) {
	s := newSite(t)
	s.add(t, s.control())
	p := s.serve(t)
	p.open(t, "alice", "", office)
	s.add(t, "nonsense: true\n")
	if o := s.run(t, "revoke", "alice"); o.code != 2 || !strings.Contains(o.err, "nonsense") {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "revoke", "alice", "-socket", s.socket); o.code != 0 {
		t.Errorf("%+v", o)
	}
}

// In a directory such as /tmp, the process that answers can be another user's: it may say that it has revoked, and has not.
func TestASocketThatOthersCouldReplaceIsNotAsked(t *testing.T) {
	s := newSite(t)
	s.add(t, s.control())
	p := s.serve(t)
	p.open(t, "alice", "", office)
	must(t, os.Chmod(s.dir, 0o777|os.ModeSticky))
	for _, args := range [][]string{{"revoke", "alice"}, {"revoke", "alice", "-socket", s.socket}, {"who"}, {"report", "-socket", s.socket}} {
		if o := s.run(t, args...); o.code != 3 || o.out != "" || !strings.Contains(o.err, "everybody may write to DIR") || !strings.Contains(o.err, "/run/pme") {
			t.Errorf("pme %s: %+v", strings.Join(args, " "), o)
		}
	}
	if o := s.run(t, "check"); o.code != 1 || !strings.Contains(o.out, "control.socket: everybody may write to DIR") {
		t.Errorf("%+v", o)
	}
	if o := s.run(t, "doctor"); o.code != 1 || !strings.Contains(o.out, "no process can be asked: everybody may write to DIR") {
		t.Errorf("%+v", o)
	}
	must(t, os.Chmod(s.dir, 0o700))
	if o := s.run(t, "revoke", "alice"); o.code != 0 || len(s.up.LiveTokens()) != 0 {
		t.Errorf("%+v", o)
	}
}

func TestOperatorsWithoutAProcess(t *testing.T) {
	s := newSite(t)
	golden(t, "who-no-socket", s.run(t, "who"))
	golden(t, "explain-no-socket", s.run(t, "explain", "bob", office))
	s.add(t, s.control())
	golden(t, "who-no-process", s.run(t, "who"))
	golden(t, "revoke-no-process", s.run(t, "revoke", "alice"))
	golden(t, "explain-no-process", s.run(t, "explain", "bob", warehouse, "-json"))
	golden(t, "report-no-process", s.run(t, "report", "-user", "carol", "-group", "facilities"))
	s.write(t, "allow.yaml", "rules:\n  - users: [alice]\n")
	golden(t, "report-broken-list", s.run(t, "report"))
}

func TestWrongUsageIsSaidSo(t *testing.T) {
	s := newSite(t)
	for _, args := range [][]string{
		{"revoke"},
		{"revoke", "alice", "-everything", "-yes"},
		{"revoke", "-session", "0123456789ab"},
		{"revoke", "alice", "bob"},
		{"explain", "alice"},
		{"explain", "alice", office, "-group", ""},
		{"who", "alice"},
		{"key"},
		{"key", "old"},
		{"key", "new", "-kind", "door"},
		{"key", "new", "-out", "a", "-rotate", "b"},
		{"who", "-nonsense"},
		{"report", "-model", "short"},
		{"report", "-group", "facilities"},
		{"report", "-email", "alice@example.com", "-model", office},
		{"report", "-unverified"},
		{"report", "-user", "alice", "-unverified"},
		{"explain", "alice", office, "-unverified"},
		{"check", "-model", office},
		{"audit", "verify", "-user", "alice"},
		{"audit", "report", "-anchor", s.allow},
		{"audit", "report", "-unused", "-user", "alice"},
		{"audit", "report", "-troubles", "-model", office},
		{"webhook", "list", "-type", "deleted"},
		{"webhook", "remove", "1", "-again"},
		{"webhook", "ping", "1", "-url", "https://example.com/"},
	} {
		if o := s.run(t, args...); o.code != 2 || o.err == "" || o.out != "" {
			t.Errorf("pme %s: %+v", strings.Join(args, " "), o)
		}
	}
}

func TestWhatLooksLikeAFlagStandsBehindTwoHyphens(t *testing.T) {
	s := newSite(t)
	if o := s.run(t, "explain", "-json", "--", "-alice", office); o.code != 1 || !strings.Contains(o.out, `"-alice"`) {
		t.Errorf("%+v", o)
	}
}

// full is an output on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestAnAnswerThatCannotBeWrittenIsNoSuccess(t *testing.T) {
	s := newSite(t)
	for _, args := range [][]string{{"help"}, {"version"}, {"version", "-json"}, {"config"}, {"report"}, {"report", "-json"}, {"key", "new"}} {
		var err bytes.Buffer
		look := func(name string) (string, bool) { return s.config, name == "PME_CONFIG" }
		code := commands.Run(t.Context(), args, commands.System{Env: look, Stdin: strings.NewReader(""), Stdout: full{}, Stderr: &err})
		if code != 1 || !strings.Contains(err.String(), "the answer could not be written: no space left") {
			t.Errorf("pme %s: %d %s", strings.Join(args, " "), code, &err)
		}
	}
}

func TestWebhooksWithoutCredentialsNameTheSettings(t *testing.T) {
	o := run(t, nil, "webhook", "list")
	if o.code != 2 || !strings.Contains(o.err, "matterport.client_id: is missing: find it at Matterport") || strings.Contains(o.err, "ClientID") {
		t.Errorf("%+v", o)
	}
}
