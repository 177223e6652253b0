package pme_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const hall = "yyHDFKzPzvN"

// inside is a network with one server.
type inside struct{ http.Handler }

func (n inside) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

// A portal is an application in a bubble, with an audit trail in files.
type portal struct {
	*pme.Handler
	matterport *matterporttest.Server
	list       string // the file
	trail      string // the directory
	close      func()
}

func openPortal(t *testing.T, rules string, change func(*audit.Config)) *portal {
	t.Helper()
	p := &portal{list: filepath.Join(t.TempDir(), "allow.yaml"), trail: t.TempDir()}
	p.matterport = matterporttest.New(matterporttest.Config{ShowcaseURL: "https://showcase.test", Models: []matterporttest.Model{{ID: office, Name: "Head office"}, {ID: hall, Name: "Hall 7"}}})
	quiet := slog.New(slog.DiscardHandler)
	p.write(t, rules)
	list, err := access.OpenFile(p.list, access.FileOptions{Interval: time.Minute, Logger: quiet})
	must(t, err)
	sink, err := files.Open(files.Config{Dir: p.trail})
	must(t, err)
	keep := audit.Config{Sinks: []audit.Sink{sink}, Mode: audit.Required, Logger: quiet}
	change(&keep)
	trail, err := audit.New(keep)
	must(t, err)
	stream, err := event.New(event.Config{Recorder: trail, Listeners: []event.Listener{trail}, Logger: quiet})
	must(t, err)
	p.Handler, err = pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: "https://matterport.test",
		HTTPClient: &http.Client{Transport: inside{p.matterport}}, Authenticate: byHeader(), Access: list, Events: stream,
		Health: trail.HealthParts(), Logger: quiet,
	})
	must(t, err)
	p.close = func() {
		must(t, p.Close())
		must(t, stream.Shutdown(context.Background()))
		must(t, trail.Close(context.Background()))
		must(t, sink.Close())
		must(t, list.Close())
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write puts another list in force.
func (p *portal) write(t *testing.T, rules string) {
	t.Helper()
	must(t, os.WriteFile(p.list, []byte(rules), 0o600))
}

// ask asks for a token as a user, and returns the status.
func (p *portal) ask(t *testing.T, user, model string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/token?modelId="+model, nil)
	r.Header.Set("Person", user)
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w.Code
}

// tour has a user see a space for some minutes, renewing as the SDK does: 60 seconds before a token of ten minutes ends.
func (p *portal) tour(t *testing.T, user, model string, minutes int) {
	t.Helper()
	for at := 0; at <= minutes; at += 9 {
		if code := p.ask(t, user, model); code != http.StatusOK {
			t.Errorf("%s gets %d after %d minutes", user, code, at)
		}
		time.Sleep(9 * time.Minute)
	}
}

const firstRules = `
rules:
  - groups: [facilities]
    models: [SxQL3iGyoDo]
  - users: [alice]
    models: [SxQL3iGyoDo]
`

// TestWeekIsToldFromTheTrailAlone plays a week, and then asks what an operator and an auditor ask.
func TestWeekIsToldFromTheTrailAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := openPortal(t, firstRules, func(*audit.Config) {})
		monday := time.Now() // 2000-01-01 00:00:00 UTC in the bubble
		day := func(n, hour, minute int) time.Time {
			return monday.AddDate(0, 0, n).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
		}
		until := func(at time.Time) { time.Sleep(time.Until(at)) }

		until(day(0, 10, 2))
		p.tour(t, "alice", office, 45)
		until(day(0, 11, 30))
		if code := p.ask(t, "bob", office); code != http.StatusForbidden {
			t.Errorf("bob gets %d", code)
		}

		until(day(1, 13, 0))
		p.matterport.Fail("*", matterporttest.Status(http.StatusServiceUnavailable, ""), -1)
		until(day(1, 13, 5))
		if code := p.ask(t, "alice", office); code != http.StatusServiceUnavailable {
			t.Errorf("alice gets %d while Matterport is down", code)
		}
		until(day(1, 15, 0))
		p.matterport.Heal()
		if code := p.ask(t, "alice", office); code != http.StatusOK {
			t.Errorf("alice gets %d when Matterport is up again", code)
		}

		until(day(2, 8, 0))
		p.write(t, firstRules+"  - users: [bob]\n    models: [yyHDFKzPzvN]\n")
		until(day(2, 9, 0))
		p.tour(t, "bob", hall, 20)
		if code := p.ask(t, "bob", hall); code != http.StatusOK {
			t.Errorf("bob gets %d", code)
		}
		time.Sleep(2*time.Minute + 30*time.Second) // between two looks at the list
		noticed := time.Now().Add(30 * time.Second)
		p.write(t, firstRules)

		until(day(3, 16, 0))
		p.ask(t, "alice", office)
		time.Sleep(4 * time.Minute)
		_, err := p.RevokeUser(event.WithCause(t.Context(), event.Cause{By: "root", Reason: "admin"}), "alice")
		must(t, err)
		until(day(6, 23, 59))
		p.close()

		reader, err := files.Open(files.Config{Dir: p.trail}) // as on another machine, from the files alone
		must(t, err)
		q := questions{t, reader}
		q.whole()
		q.expect("Why was bob refused?", q.refusals("bob"),
			`Head office: no_rule, no rule allows SxQL3iGyoDo to this user; it is allowed to groups "facilities" (rule 1, allow.yaml:3); users "alice" (rule 2, allow.yaml:5)`)
		q.expect("Who opened Head office on Monday?", q.viewers("Head office", day(0, 0, 0), day(1, 0, 0)), "alice 10:02 to 10:57, seen at 10:47")
		q.expect("What did bob see?", q.seen("bob"), fmt.Sprintf("Hall 7 09:00 to %s, ended: rule ", noticed.Format("15:04")))
		q.expect("Who ended alice's tour on Thursday?", q.endings("alice"), "admin root 16:04")
		q.expect("Was Matterport down, and since when?", q.troubles(), "matterport 01-02 13:05 to 15:00: Matterport does not answer")
		q.expect("Which rule lets alice in?", q.grounds("alice"), `rule 2 (allow.yaml:5): user "alice"`)
		q.expect("When did the list change?", q.changes(), "2 changes, 2 versions")
	})
}

// clock is a time to the minute: Matterport tells its own in whole seconds.
func clock(t time.Time) string { return t.Round(time.Minute).Format("15:04") }

// questions asks a trail.
type questions struct {
	t      *testing.T
	reader audit.Reader
}

func (q questions) expect(question, got, want string) {
	q.t.Helper()
	if got != want {
		q.t.Errorf("%s\n got %s\nwant %s", question, got, want)
	}
}

func (q questions) whole() {
	q.t.Helper()
	v, err := audit.Verify(q.t.Context(), q.reader, nil)
	if err != nil || !v.OK() || len(v.Chains) != 7 {
		q.t.Errorf("%+v, %v", v, err)
	}
}

func (q questions) records(query audit.Query) (all []audit.Record) {
	q.t.Helper()
	for r, err := range q.reader.Records(q.t.Context(), query) {
		must(q.t, err)
		all = append(all, r)
	}
	return all
}

func (q questions) views(query audit.Query) []audit.View {
	q.t.Helper()
	views, err := audit.Views(q.t.Context(), q.reader, query)
	must(q.t, err)
	return views
}

func (q questions) refusals(user string) string {
	var out []string
	for _, r := range q.records(audit.Query{Users: []string{user}, Kinds: []event.Kind{event.TokenDenied}}) {
		if r.Reason == "no_rule" && r.Time.Day() == 1 {
			out = append(out, strings.Join(r.Names, ", ")+": "+r.Reason+", "+r.Detail)
		}
	}
	return strings.Join(out, "\n")
}

func (q questions) viewers(model string, from, to time.Time) string {
	var out []string
	for _, v := range q.views(audit.Query{Model: model, From: from, To: to}) {
		out = append(out, fmt.Sprintf("%s %s to %s, seen at %s", v.User, clock(v.From), clock(v.Until), clock(v.Seen)))
	}
	return strings.Join(out, "\n")
}

func (q questions) seen(user string) string {
	var out []string
	for _, v := range q.views(audit.Query{Users: []string{user}}) {
		out = append(out, fmt.Sprintf("%s %s to %s, ended: %s %s", v.Name, clock(v.From), clock(v.Until), v.Ended, v.EndedBy))
	}
	return strings.Join(out, "\n")
}

func (q questions) endings(user string) string {
	var out []string
	for _, v := range q.views(audit.Query{Users: []string{user}}) {
		if v.Ended != "" {
			out = append(out, v.Ended+" "+v.EndedBy+" "+clock(v.Until))
		}
	}
	return strings.Join(out, "\n")
}

func (q questions) troubles() string {
	q.t.Helper()
	troubles, err := audit.Troubles(q.t.Context(), q.reader, audit.Query{})
	must(q.t, err)
	var out []string
	for _, tr := range troubles {
		out = append(out, fmt.Sprintf("%s %s to %s: %s", tr.Part, tr.From.Format("01-02 15:04"), tr.Until.Format("15:04"), tr.Detail))
	}
	return strings.Join(out, "\n")
}

func (q questions) grounds(user string) string {
	grounds := make(map[string]bool)
	for _, v := range q.views(audit.Query{Users: []string{user}}) {
		grounds[v.Ground] = true
	}
	var out []string
	for ground := range grounds {
		out = append(out, ground)
	}
	return strings.Join(out, "\n")
}

func (q questions) changes() string {
	versions := make(map[string]bool)
	all := q.records(audit.Query{Kinds: []event.Kind{event.PolicyChanged}})
	for _, r := range all {
		versions[r.Policy] = true
	}
	return fmt.Sprintf("%d changes, %d versions", len(all), len(versions))
}
