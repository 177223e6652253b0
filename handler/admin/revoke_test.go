package admin_test

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/identity"
)

// listed is the list of live tokens in JSON.
type listed struct {
	All, Total, Page, Pages int
	Tokens                  []struct {
		User                 struct{ ID, Name, Email string }
		Session, Fingerprint string
		Own                  bool
		Models               []struct{ ID, Name string }
		ValidUntil           string `json:"valid_until"`
		Open                 int
	}
}

func (l listed) sessionOf(user, models string) string {
	for _, t := range l.Tokens {
		if t.User.ID == user && t.Models[0].ID == models && len(t.Models) == 1 {
			return t.Session
		}
	}
	return ""
}

func TestRevoking(t *testing.T) {
	for name, tt := range map[string]struct {
		fields func(listed) url.Values
		left   int
		answer string
		event  []string
		tokens bool // the issuer tells of it, too
	}{
		"a person": {func(listed) url.Values { return url.Values{"user": {"alice"}} }, 1, `"revoked":2`, []string{`"reason":"revoke_user"`, `"user":"alice"`, `"count":2`}, true},
		"a session": {func(l listed) url.Values {
			return url.Values{"user": {"alice"}, "session": {l.sessionOf("alice", office)}}
		}, 2, `"revoked":1`, []string{`"reason":"revoke_session"`, `"user":"alice"`, `"session":"secret-phone"`, `"count":1`}, true},
		"a space":        {func(listed) url.Values { return url.Values{"model": {depot}} }, 2, `"revoked":1`, []string{`"reason":"revoke_model"`, `"models":"` + depot + `"`}, true},
		"everything":     {func(listed) url.Values { return url.Values{"all": {"1"}, "word": {"everything"}} }, 3, `"revoked":7,"pending":2`, []string{`"reason":"revoke_all"`, `"count":7`}, false},
		"an unknown one": {func(listed) url.Values { return url.Values{"user": {"eve"}} }, 3, `"revoked":0`, []string{`"reason":"revoke_user"`, `"user":"eve"`}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			s.people(t)
			before := read[listed](t, s.visit(t, visit{target: "/"}))
			w := s.post(t, "/revoke", tt.fields(before))
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), tt.answer) || s.left(t) != tt.left {
				t.Fatalf("%d %s, %d left", w.Code, w.Body, s.left(t))
			}
			s.wantLogged(t, append(tt.event, `"msg":"administrator acted"`, `"by":"root"`)...)
			if tt.tokens {
				s.wantLogged(t, `"msg":"tokens revoked"`, `"by":"root"`, `"reason":"admin"`)
			}
			after := read[listed](t, s.visit(t, visit{target: "/"}))
			if want := tt.left; name != "everything" && after.All != want {
				t.Errorf("%d tokens are listed, want %d", after.All, want)
			}
		})
	}
}

func TestOwnSessionAndEverythingAreConfirmed(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	s.hold(t, s.root, office)
	second := s.root
	second.Session = "secret-other"
	s.hold(t, second, depot)
	list := read[listed](t, s.visit(t, visit{target: "/?person=root"}))
	own, other := list.sessionOf("root", office), list.sessionOf("root", depot)
	for _, token := range list.Tokens {
		if token.Own != (token.Session == own) {
			t.Errorf("%+v", token)
		}
	}
	if !strings.Contains(s.page(t, "/?person=root"), "This is you") {
		t.Error("the own session has no badge")
	}
	for name, fields := range map[string]url.Values{
		"oneself":                   {"user": {"root"}},
		"the own session":           {"user": {"root"}, "session": {own}},
		"another confirmation":      {"user": {"root"}, "own": {"yes"}},
		"everything":                {"all": {"1"}},
		"everything, another word":  {"all": {"1"}, "word": {"Everything "}},
		"everything, own confirmed": {"all": {"1"}, "own": {"1"}},
	} {
		if w := s.post(t, "/revoke", fields); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "confirmation_required") || s.left(t) != 5 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		w := s.visit(t, visit{method: "POST", target: "/revoke", fields: fields, header: browser})
		if body := w.Body.String(); s.left(t) != 5 || !strings.Contains(body, `aria-invalid="true"`) || !strings.Contains(body, "required") {
			t.Errorf("%s: %s", name, body)
		}
	}
	if s.ended.all != 0 {
		t.Error("everything was revoked")
	}
	if w := s.post(t, "/revoke", url.Values{"user": {"root"}, "session": {other}}); w.Code != http.StatusOK || s.left(t) != 4 {
		t.Errorf("another session of one's own: %d %s", w.Code, w.Body)
	}
	if w := s.post(t, "/revoke", url.Values{"user": {"root"}, "session": {own}, "own": {"1"}}); w.Code != http.StatusOK || s.left(t) != 3 {
		t.Errorf("confirmed: %d %s", w.Code, w.Body)
	}
}

func TestFailedRevocationSaysSo(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	s.ended.err = errors.New("redis at 10.0.0.7 is gone")
	w := s.post(t, "/revoke", url.Values{"user": {"alice"}})
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"incomplete"`) || strings.Contains(w.Body.String(), "10.0.0.7") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	s.wantLogged(t, `"reason":"revoke_user"`, `"detail":"it has failed`)
	s.ended.panic = true
	if w := s.post(t, "/revoke", url.Values{"user": {"bob"}}); w.Code != http.StatusServiceUnavailable {
		t.Errorf("panic: %d %s", w.Code, w.Body)
	}
	s.wantLogged(t, `"reason":"revoke_user"`, `"user":"bob"`, `"detail":"it has failed`)
}

func TestRevokingFromTheFormsOfThePages(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	link := regexp.MustCompile(`href="(revoke\?user=alice&amp;session=\w+)"`).FindStringSubmatch(s.page(t, "/?person=ALICE&space=head"))
	if link == nil {
		t.Fatal("no link")
	}
	ask := s.page(t, "/"+strings.ReplaceAll(link[1], "&amp;", "&"))
	fields := make(url.Values)
	for _, m := range regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`).FindAllStringSubmatch(ask, -1) {
		fields.Set(m[1], m[2])
	}
	w := s.visit(t, visit{method: "POST", target: "/revoke", fields: fields, header: browser})
	if w.Code != http.StatusOK || s.left(t) != 2 || !strings.Contains(w.Body.String(), "1 live tokens are revoked") {
		t.Errorf("%d, %d left: %s", w.Code, s.left(t), w.Body)
	}
}

func TestSearchAndPages(t *testing.T) {
	s := newSite(t, nil)
	s.people(t)
	_ = s.pme.Catalog().Name(office) // learns what spaces are called
	for range 60 {
		s.hold(t, identity.User{ID: "crowd-" + string(rune('A'+s.left(t)%50)) + strings.Repeat("x", s.left(t))}, depot)
	}
	for target, want := range map[string]listed{
		"/":                        {All: 63, Total: 63, Page: 1, Pages: 2},
		"/?page=2":                 {All: 63, Total: 63, Page: 2, Pages: 2},
		"/?page=7":                 {All: 63, Total: 63, Page: 2, Pages: 2},
		"/?person=BOB":             {All: 63, Total: 1, Page: 1, Pages: 1},
		"/?person=alice@example":   {All: 63, Total: 1, Page: 1, Pages: 1},
		"/?person=Alice+A":         {All: 63, Total: 2, Page: 1, Pages: 1},
		"/?space=sxql":             {All: 63, Total: 3, Page: 1, Pages: 1},
		"/?space=HEAD+off":         {All: 63, Total: 3, Page: 1, Pages: 1},
		"/?space=depot&person=bob": {All: 63, Total: 0, Page: 1, Pages: 1},
	} {
		got := read[listed](t, s.visit(t, visit{target: target}))
		got.Tokens = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
	if p := s.page(t, "/?person=crowd"); !strings.Contains(p, `href="?page=2&amp;person=crowd"`) || !strings.Contains(p, "Page 1 of 2") {
		t.Error("there is no way to the next page")
	}
	s.wantLogged(t, `"reason":"list_tokens"`, `"by":"root"`, `"detail":"person: BOB"`, `"count":1`)
}
