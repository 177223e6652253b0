package admin_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
)

// all are pages that show something of everyone.
var all = []string{
	"/", "/?person=a", "/revoke?user=alice", "/revoke?all=1", "/revoke?model=" + office, "/explain?user=alice&model=" + office, "/explain",
	"/health", "/events", "/connections", "/connections?user=alice",
}

func TestNoAnswerHasASecret(t *testing.T) {
	recent := admin.NewRecent(0)
	s := newSite(t, func(c *admin.Config) {
		c.Recent, c.Connections = recent, &connected{all: map[string][]admin.Connection{"alice": {{ID: "4RQ2", Label: "Office"}}}}
	})
	s.people(t)
	issued, err := s.pme.Issuer().Issue(t.Context(), &identity.User{ID: "alice", Session: "secret-phone"}, depot)
	if err != nil {
		t.Fatal(err)
	}
	recent.Listen(event.Event{Kind: event.TokenGranted, Time: time.Now(), User: "alice", Session: "secret-phone", Models: []string{office}})
	bodies := ""
	for _, target := range all {
		bodies += s.page(t, target)
		if w := s.visit(t, visit{target: target}); w.Code != http.StatusBadRequest {
			bodies += w.Body.String()
		}
	}
	bodies += s.post(t, "/revoke", url.Values{"user": {"alice"}}).Body.String()
	for _, secret := range []string{"secret-", string(issued.AccessToken), string(issued.Link), "root-session", "client_secret", "auth="} {
		if strings.Contains(bodies, secret) {
			t.Errorf("an answer has %q in it", secret)
		}
	}
	for _, there := range []string{"alice", "Alice A.", office, "4RQ2", "token granted"} {
		if !strings.Contains(bodies, there) {
			t.Errorf("no answer has %q in it", there)
		}
	}
}

func TestTextsFromOutsideAreText(t *testing.T) {
	const evil = `"><script>alert(1)</script><a href='javascript:x' onclick=x>` + "\u202e\x00'"
	recent := admin.NewRecent(0)
	s := newSite(t, func(c *admin.Config) {
		c.Recent, c.Connections = recent, &connected{all: map[string][]admin.Connection{evil: {{ID: "4RQ2", Label: evil}}}}
		c.Policy = explains{access.Explanation{
			Reason: evil, Text: evil, File: evil, Hash: "0123456789ab",
			Rules: []access.RuleExplanation{{Number: 1, If: evil, Criteria: []access.Criterion{{Kind: "groups", Wants: []string{evil}, Has: evil, If: evil}}}},
		}}
	})
	s.root.ID = "root"
	s.hold(t, identity.User{ID: evil, Session: evil, Name: evil, Email: evil, Groups: []string{evil}}, office)
	recent.Listen(event.Event{Kind: event.Kind(evil), Time: time.Now(), User: evil, By: evil, Session: evil, Models: []string{evil}, Names: []string{evil}, Reason: evil, Detail: evil, Part: evil})
	q := url.QueryEscape(evil)
	for _, target := range []string{
		"/", "/?person=" + q + "&space=" + q, "/revoke?user=" + q, "/explain?user=" + q + "&model=" + q, "/explain?user=" + q + "&model=" + office + "&groups=" + q + "&email=" + q,
		"/events", "/events?kind=" + q + "&user=" + q + "&model=" + q, "/connections?user=" + q,
	} {
		body := s.page(t, target)
		for _, bad := range []string{"<script", "<a href='", `href="javascript`, " onclick=x>"} {
			if strings.Contains(strings.ReplaceAll(body, "onclick=x&gt;", ""), bad) {
				t.Errorf("%.40s has %q in it", target, bad)
			}
		}
		if strings.Contains(regexp.MustCompile(`value="[^"]*"|(?s)<textarea.*?</textarea>`).ReplaceAllString(body, ""), "\u202e") {
			t.Errorf("%.40s turns the direction of writing", target)
		}
	}
	if w := s.post(t, "/revoke", url.Values{"user": {evil}}); w.Code != http.StatusOK || s.left(t) != 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestExplain(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	type answer struct {
		User struct {
			ID, Email string
			Groups    []string
		}
		Model       struct{ ID, Name string }
		Explanation access.Explanation
	}
	for target, want := range map[string]bool{
		"user=alice&model=" + office:                                   true, // by the groups of the live token
		"user=alice&model=" + office + "&groups=":                      false,
		"user=eve&model=" + office:                                     false,
		"user=eve&model=" + office + "&groups=sales%0D%0Astaff":        true,
		"user=eve&model=" + office + "&groups=Staff":                   false,
		"user=alice&model=" + depot + "&email=a%40b.example&groups=":   true,
		"user=alice&model=nonsense":                                    false,
		"user=eve&model=" + office + "&verified=1&email=a%40b.example": false,
	} {
		got := read[answer](t, s.visit(t, visit{target: "/explain?" + target}))
		if got.Explanation.Allowed != want || got.Explanation.Reason == "" {
			t.Errorf("%s: %+v", target, got.Explanation)
		}
	}
	page := s.page(t, "/explain?user=alice&model="+office)
	for _, want := range []string{"Allowed", "Head office", "<th scope=\"row\">1", "match", "hit", "groups", "staff"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, page)
		}
	}
	if near := s.page(t, "/explain?user=eve&model="+office+"&groups=Staff"); !strings.Contains(near, "Refused") || !strings.Contains(near, "nearly") || !strings.Contains(near, "may") {
		t.Error("a near miss is not shown")
	}
	if w := s.visit(t, visit{target: "/explain?user=alice"}); w.Code != http.StatusBadRequest {
		t.Errorf("without a model: %d", w.Code)
	}
	s.wantLogged(t, `"reason":"explain"`, `"by":"root"`, `"user":"eve"`, `"models":"`+office+`"`, `"detail":"refused"`)
}

func TestExplainOfAPolicyThatPanics(t *testing.T) {
	s := newSite(t, func(c *admin.Config) { c.Policy = panics{} })
	w := s.visit(t, visit{target: "/explain?user=a&model=" + office})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"allowed":false,"reason":"error"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t, nil)
	got := read[struct {
		Status string
		Parts  []struct{ Name, State string }
	}](t, s.visit(t, visit{target: "/health"}))
	if got.Status != "ok" || len(got.Parts) < 3 || got.Parts[0].State != "ok" {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(s.page(t, "/health"), "matterport") {
		t.Error("the page does not name the parts")
	}
	broken := newSite(t, func(c *admin.Config) {
		c.Health = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	})
	if w := broken.visit(t, visit{target: "/health"}); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEventsOfToday(t *testing.T) {
	recent := admin.NewRecent(3)
	s := newSite(t, func(c *admin.Config) { c.Recent = recent })
	for i, e := range []event.Event{
		{ID: "lost", User: "bob"},
		{ID: "yesterday", Time: time.Now().Add(-25 * time.Hour), User: "bob"},
		{ID: "b", Kind: event.TokenGranted, User: "bob", Models: []string{office}},
		{ID: "c", Kind: event.AdminActed, By: "bob", Level: slog.LevelWarn},
	} {
		if e.Time.IsZero() {
			e.Time = time.Now().Add(time.Duration(i) * time.Millisecond)
		}
		recent.Listen(e)
	}
	for target, want := range map[string][]string{
		"/events": {"c", "b"}, "/events?user=bob": {"c", "b"}, "/events?model=" + office: {"b"}, "/events?kind=administrator+acted": {"c"}, "/events?user=eve": nil,
	} {
		var got []string
		for _, e := range read[struct{ Events []struct{ ID string } }](t, s.visit(t, visit{target: target})).Events {
			got = append(got, e.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
	if p := s.page(t, "/events?kind=token+granted"); !strings.Contains(p, "<option selected>token granted</option>") {
		t.Error("what is searched for is not selected")
	}
	if p := newSite(t, nil).page(t, "/events"); !strings.Contains(p, "admin.NewRecent") {
		t.Error("the page does not say why it is empty")
	}
}

func TestConnections(t *testing.T) {
	theirs := &connected{all: map[string][]admin.Connection{"alice": {{ID: "4RQ2", Label: "Office"}, {ID: "7ABC"}}}}
	s := newSite(t, func(c *admin.Config) { c.Connections = theirs })
	if p := s.page(t, "/connections?user=alice"); !strings.Contains(p, "Office") || !strings.Contains(p, "Delete the account 7ABC") {
		t.Error(p)
	}
	for name, tt := range map[string]struct {
		fields url.Values
		want   int
	}{
		"deleted":     {url.Values{"user": {"alice"}, "connection": {"4RQ2"}}, 200},
		"not theirs":  {url.Values{"user": {"bob"}, "connection": {"7ABC"}}, 404},
		"no user":     {url.Values{"connection": {"7ABC"}}, 400},
		"no account":  {url.Values{"user": {"alice"}}, 400},
		"store fails": {url.Values{"user": {"broken"}, "connection": {"7ABC"}}, 503},
	} {
		if w := s.post(t, "/connections", tt.fields); w.Code != tt.want {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if len(theirs.all["alice"]) != 1 {
		t.Errorf("%+v", theirs.all)
	}
	s.wantLogged(t, `"reason":"delete_connection"`, `"by":"root"`, `"user":"alice"`, `"connection":"4RQ2"`)
	s.root.AuthenticatedAt = time.Now().Add(-time.Hour)
	if w := s.post(t, "/connections", url.Values{"user": {"alice"}, "connection": {"7ABC"}}); w.Code != http.StatusForbidden || len(theirs.all["alice"]) != 1 {
		t.Errorf("an old sign-in: %d", w.Code)
	}
	if p := s.page(t, "/connections?user=alice"); strings.Contains(p, ">Delete<") || !strings.Contains(p, "again=1") {
		t.Error(p)
	}
	if w := newSite(t, nil).visit(t, visit{target: "/connections?user=a"}); w.Code != http.StatusNotFound {
		t.Errorf("without connections: %d", w.Code)
	}
}

func TestMissingFieldsAreNamed(t *testing.T) {
	_, err := admin.New(admin.Config{})
	for _, field := range []string{"Allow", "Issuer", "Catalog", "Policy", "Pages", "Revoker"} {
		if err == nil || !strings.Contains(err.Error(), "admin: "+field+" is missing: ") {
			t.Errorf("%s is not in %v", field, err)
		}
	}
}

func TestLiveTokenPrintsNoToken(t *testing.T) {
	s := newSite(t, nil)
	token := s.hold(t, identity.User{ID: "alice"}, office)
	for l, err := range s.pme.Issuer().Live(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join([]string{fmt.Sprintf("%v %+v %#v", l, l, l), l.Fingerprint()}, " ")
		if strings.Contains(text, token) || len(l.Fingerprint()) != 8 || l.Key().User != "alice" || l.ValidUntil().IsZero() {
			t.Error(text)
		}
	}
}

// connected are connections in memory.
type connected struct{ all map[string][]admin.Connection }

func (c *connected) List(_ context.Context, user string) ([]admin.Connection, error) {
	return c.all[user], nil
}

func (c *connected) Delete(_ context.Context, user, id string) (bool, error) {
	if user == "broken" {
		return false, errors.New("the database is gone")
	}
	n := len(c.all[user])
	c.all[user] = slices.DeleteFunc(c.all[user], func(one admin.Connection) bool { return one.ID == id })
	return len(c.all[user]) < n, nil
}

// panics is a policy that does.
type panics struct{}

func (panics) Allowed(context.Context, *identity.User, string) (bool, error) { panic("secret") }

func (panics) Grants(context.Context, *identity.User) (access.Grants, error) { panic("secret") }

// explains is a policy that always gives the same explanation.
type explains struct{ access.Explanation }

func (explains) Allowed(context.Context, *identity.User, string) (bool, error) { return false, nil }

func (explains) Grants(context.Context, *identity.User) (access.Grants, error) {
	return access.Grants{}, nil
}

func (e explains) Explain(context.Context, *identity.User, string) (access.Explanation, error) {
	return e.Explanation, nil
}
