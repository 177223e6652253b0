package control_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/control"
	"github.com/go-pme/pme/event"
)

func TestLiveTokensAreListedWithoutTheirValues(t *testing.T) {
	p := start(t)
	secrets := []string{p.open(t, "alice", "alices-phone", office), p.open(t, "carol", "carols-laptop", warehouse, "facilities")}
	who, err := p.client.Who(t.Context(), control.Search{})
	must(t, err)
	if who.Total != 2 || len(who.Tokens) != 2 || who.Tokens[0].User != (control.Person{ID: "alice", Name: "Ms alice"}) || who.Tokens[0].Models[0].ID != office {
		t.Errorf("%+v", who)
	}
	if len(who.Spaces) != 2 || who.Spaces[0].ID != office || who.Spaces[0].Tokens != 1 {
		t.Errorf("spaces: %+v", who.Spaces)
	}
	if len(who.Tokens[0].Session) != 12 || len(who.Tokens[0].Fingerprint) != 8 || !who.Tokens[0].ValidUntil.After(time.Now()) {
		t.Errorf("%+v", who.Tokens[0])
	}
	for _, search := range []control.Search{{Person: "ALI"}, {Space: "sxql"}, {Person: "Ms a", Space: office}} {
		if who, err := p.client.Who(t.Context(), search); err != nil || who.Total != 1 || who.Tokens[0].User.ID != "alice" {
			t.Errorf("%+v: %+v %v", search, who, err)
		}
	}
	if who, err := p.client.Who(t.Context(), control.Search{Person: "zoe"}); err != nil || who.Total != 0 || who.Tokens == nil {
		t.Errorf("%+v %v", who, err)
	}
	for _, secret := range append(secrets, "alices-phone", "carols-laptop") {
		if strings.Contains(show(t, who), secret) {
			t.Errorf("the answer has %s", secret)
		}
	}
}

func TestEveryTargetIsRevokedAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		what func(control.Who) control.Revocation
		ends []int // of the tokens below
	}{
		"user":       {func(control.Who) control.Revocation { return control.Revocation{User: "alice"} }, []int{0, 1}},
		"session":    {func(w control.Who) control.Revocation { return control.Revocation{User: "alice", Session: session(w)} }, []int{0}},
		"model":      {func(control.Who) control.Revocation { return control.Revocation{Model: warehouse} }, []int{3}},
		"everything": {func(control.Who) control.Revocation { return control.Revocation{Everything: true} }, []int{0, 1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t)
			tokens := []string{
				p.open(t, "alice", "phone", office), p.open(t, "alice", "laptop", office), p.open(t, "bob", "phone", office),
				p.open(t, "carol", "", warehouse, "facilities"),
			}
			who, err := p.client.Who(t.Context(), control.Search{})
			must(t, err)
			done, err := p.client.Revoke(t.Context(), c.what(who))
			must(t, err)
			if done.Tokens != len(c.ends) {
				t.Errorf("%d tokens were revoked", done.Tokens)
			}
			rest, err := p.client.Who(t.Context(), control.Search{})
			must(t, err)
			if rest.Total != len(tokens)-len(c.ends) {
				t.Errorf("%d tokens are left", rest.Total)
			}
			for i, token := range tokens {
				if ended := slices.Contains(c.ends, i); ended && done.Pending == 0 && !p.up.Deleted(token) || !ended && !p.up.Live(token) {
					t.Errorf("token %d: ended %v", i, ended)
				}
			}
		})
	}
}

func session(w control.Who) string {
	for _, token := range w.Tokens {
		if token.Session == "" || token.User.ID != "alice" {
			continue
		}
		if token.Session == phone {
			return token.Session
		}
	}
	return "missing"
}

// phone is the fingerprint of alice's session phone: printf '"alice""phone"' | sha256sum | cut -c 1-12
const phone = "991fa9e6fc46"

func TestARevocationNamesWhoDidIt(t *testing.T) {
	p := start(t)
	p.open(t, "alice", "", office)
	_, err := p.client.Revoke(t.Context(), control.Revocation{User: "alice"})
	must(t, err)
	want := "an operator on this machine"
	if u := os.Getuid(); u >= 0 {
		want = "uid "
	}
	for _, kind := range []event.Kind{event.TokensRevoked, event.AdminActed} {
		if !p.saw(t, func(e event.Event) bool { return e.Kind == kind && strings.HasPrefix(e.By, want) && e.User == "alice" }) {
			t.Errorf("no event %q by %q", kind, want)
		}
	}
	if !p.saw(t, func(e event.Event) bool { return e.Kind == event.TokensRevoked && e.Reason == "admin" }) {
		t.Error("the reason of the revocation is not admin")
	}
}

// saw waits for an event.
func (p *process) saw(t *testing.T, is func(event.Event) bool) bool {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		p.events.mu.Lock()
		found := slices.ContainsFunc(p.events.all, is)
		p.events.mu.Unlock()
		if found || time.Now().After(deadline) {
			return found
		}
	}
}

func TestWhatNamesNoTargetRevokesNothing(t *testing.T) {
	p := start(t)
	token := p.open(t, "alice", "phone", office)
	for _, q := range []control.Revocation{
		{},
		{User: "alice", Everything: true},
		{User: "alice", Model: office},
		{Model: office, Everything: true},
		{Session: phone},
		{Model: office, Session: phone},
		{Everything: true, Session: phone},
		{Model: "short"},
		{Model: office + "\n"},
		{User: "alice", Session: "000000000000"},
	} {
		if _, err := p.client.Revoke(t.Context(), q); refusal(err) == nil {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if !p.up.Live(token) {
		t.Error("the token was revoked")
	}
}

func TestADecisionIsExplained(t *testing.T) {
	p := start(t)
	p.open(t, "carol", "", warehouse, "facilities")
	for name, c := range map[string]struct {
		q              control.Question
		allowed, known bool
	}{
		"a rule for the user":  {control.Question{User: control.Asked{ID: "alice"}, Model: office}, true, false},
		"no rule":              {control.Question{User: control.Asked{ID: "zoe"}, Model: office}, false, false},
		"groups of the token":  {control.Question{User: control.Asked{ID: "carol"}, Model: office}, true, true},
		"groups that are said": {control.Question{User: control.Asked{ID: "zoe", Groups: []string{"facilities"}}, Model: office}, true, false},
		"other groups":         {control.Question{User: control.Asked{ID: "carol", Groups: []string{"sales"}}, Model: office}, false, false},
	} {
		out, err := p.client.Explain(t.Context(), c.q)
		if err != nil || out.Explanation.Allowed != c.allowed || out.Known != c.known || out.Explanation.Text == "" {
			t.Errorf("%s: %+v %v", name, out, err)
		}
	}
	if _, err := p.client.Explain(t.Context(), control.Question{Model: office}); refusal(err) == nil {
		t.Errorf("without a user: %v", err)
	}
}

func TestTheAllowListIsReported(t *testing.T) {
	p := start(t)
	all, err := p.client.Report(t.Context(), control.Subject{})
	must(t, err)
	if len(all.Grants) != 3 || all.Grants[0].Model == "" || all.Findings == nil {
		t.Errorf("%+v", all)
	}
	one, err := p.client.Report(t.Context(), control.Subject{Model: office})
	must(t, err)
	if one.Viewers == nil || len(one.Viewers.Entries) != 3 || one.Grants != nil {
		t.Errorf("%+v", one)
	}
	what, err := p.client.Report(t.Context(), control.Subject{User: &control.Asked{ID: "alice"}})
	must(t, err)
	if what.Holdings == nil || len(what.Holdings.Models) != 1 || what.Holdings.Models[0].Model != office {
		t.Errorf("%+v", what)
	}
	for _, q := range []control.Subject{{Model: "x"}, {Model: office, User: &control.Asked{ID: "alice"}}, {User: &control.Asked{}}} {
		if _, err := p.client.Report(t.Context(), q); refusal(err) == nil {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestHealthIsThatOfTheProbe(t *testing.T) {
	p := start(t)
	health, err := p.client.Health(t.Context())
	must(t, err)
	if health.Status != "ok" || health.Version != "v1.2.3" || health.PID != os.Getpid() || !slices.Contains(health.Parts, control.Part{Name: "matterport", State: "ok"}) {
		t.Errorf("%+v", health)
	}
}

func TestTheTrailIsReadThroughTheSocket(t *testing.T) {
	p := start(t)
	if _, err := audit.Verify(t.Context(), p.client.Trail(), nil); refusal(err) == nil {
		t.Errorf("without a trail: %v", err)
	}
	good := `{"v":1,"chain":"C","n":1,"id":"E1","time":"2026-11-01T10:00:00Z","kind":"token granted","user":"alice","hash":"h"}`
	p.trail = shelf{lines: []string{good, "no record", good}}
	var read, wrong int
	for r, err := range p.client.Trail().Records(t.Context(), audit.Query{}) {
		switch {
		case err == nil && r.Line() == good:
			read++
		case errors.Is(err, audit.ErrLine):
			wrong++
		default:
			t.Error(err)
		}
	}
	if read != 2 || wrong != 1 {
		t.Errorf("%d records and %d wrong lines", read, wrong)
	}
	p.trail = shelf{lines: []string{good}, err: errors.New("the disk is gone")}
	_, err := audit.Verify(t.Context(), p.client.Trail(), nil)
	if !errors.Is(err, control.ErrNoProcess) || strings.Contains(err.Error(), "disk") {
		t.Errorf("a trail that breaks off: %v", err)
	}
}
