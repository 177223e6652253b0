package accounts_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func label(text string) url.Values { return url.Values{"label": {text}} }

func TestConnectionGetsAnotherName(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	script := b.with("Accept", "application/json")
	id := b.connect("gallery", "")
	before := b.get("/token").AccessToken
	for _, target := range []string{"/rename", "/" + id + "/rename"} {
		for sent, want := range map[string]string{" Riverside ": "Riverside", "مكتب رئيسي": "مكتب رئيسي", "👩\u200d💻 Büro": "👩\u200d💻 Büro", "": "", strings.Repeat("ä", 100): strings.Repeat("ä", 100)} {
			a := script.do(http.MethodPost, target, label(sent))
			a.want(t, http.StatusOK, "")
			if a.ID != id || a.Label != want {
				t.Errorf("%q: %s", sent, a.text)
			}
			if one := b.get("/" + id); one.Label != want {
				t.Errorf("%q: %s", sent, one.text)
			}
		}
	}
	if a := b.do(http.MethodPost, "/"+id+"/rename", label("Pier")); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "../" {
		t.Errorf("a form: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := b.do(http.MethodPost, "/rename", label("Pier")); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "./" {
		t.Errorf("a form: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if page := b.get("/"); !strings.Contains(page.text, ">Pier</h2>") || !strings.Contains(page.text, "<strong>Pier</strong>") {
		t.Errorf("%s", page.text)
	}
	if after := b.get("/token").AccessToken; after != before {
		t.Error("the token has changed")
	}
	if log := s.log.String(); !strings.Contains(log, "connection renamed") || strings.Contains(log, "Pier") {
		t.Errorf("the log: %s", log)
	}
}

func TestNameThatCannotBeReadIsRefused(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	script := b.with("Accept", "application/json")
	id := b.connect("gallery", "Riverside")
	for _, form := range []url.Values{
		label(strings.Repeat("ä", 101)), label("two\nlines"), label("\xff"), label("a\x00"), label("a\u202eb"), label("a\u2066b"), label("\u200b"),
		label("River\u200bside"), label("River\u00adside"), label("\ufeff"), label("a\u2028b"), label(strings.Repeat("x", 10_000)),
		{},
		{"label": {"a", "b"}},
		{"name": {"a"}},
	} {
		script.do(http.MethodPost, "/"+id+"/rename", form).want(t, http.StatusBadRequest, "invalid_request")
		b.do(http.MethodPost, "/"+id+"/rename", form).wantPage(t, http.StatusBadRequest, "A name may have 100 characters")
		if len(form["label"]) == 1 { // the same of a new one
			script.do(http.MethodPost, "", form).want(t, http.StatusBadRequest, "invalid_request")
		}
	}
	if one := b.get("/" + id); one.Label != "Riverside" {
		t.Errorf("%s", one.text)
	}
}

func TestOnlyItsOwnerOnThisSiteRenamesAConnection(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice").with("Accept", "application/json")
	id := b.connectAs("gallery")
	at := "/" + id + "/rename"
	b.as("bob").do(http.MethodPost, at, label("Bob's")).want(t, http.StatusNotFound, "not_connected")
	b.as("").do(http.MethodPost, at, label("Nobody's")).want(t, http.StatusUnauthorized, "login_required")
	b.with("Sec-Fetch-Site", "cross-site").do(http.MethodPost, at, label("Theirs")).want(t, http.StatusForbidden, "cross_origin")
	b.with("Sec-Fetch-Site", "same-site").do(http.MethodPost, at, label("Theirs")).want(t, http.StatusForbidden, "cross_origin")
	b.with("Origin", "https://elsewhere.example.com").do(http.MethodPost, at, label("Theirs")).want(t, http.StatusForbidden, "cross_origin")
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		b.do(method, at, nil).want(t, http.StatusMethodNotAllowed, "invalid_request")
	}
	if one := b.get("/" + id); one.Label != "" {
		t.Errorf("%s", one.text)
	}
	b.connectAs("harbour")
	b.do(http.MethodPost, "/rename", label("Which?")).want(t, http.StatusConflict, "several_connections")
}

func TestAccountsOfOneNameAreNumbered(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	names := func(page string) (all []string) {
		for _, m := range regexp.MustCompile(`<h2 id="name-[^>]*>([^<]*)</h2>`).FindAllStringSubmatch(page, -1) {
			all = append(all, m[1])
		}
		return all
	}
	var ids []string
	for _, label := range []string{"", "", "Pier", "pier (2)", "Pi\u00e9r"} {
		ids = append(ids, b.connect("gallery", label))
	}
	page := b.get("/").text
	want := []string{"Matterport account", "Matterport account (2)", "Pier", "pier (2)", "Pi\u00e9r (3)"}
	if diff := cmp.Diff(want, names(page)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, name := range want {
		if !strings.Contains(page, "<strong>"+name+"</strong>") {
			t.Errorf("%q is not in the dialog that forgets it", name)
		}
	}
	if again := b.get("/?connection=" + ids[1]).text; !strings.Contains(again, `<p class="pme-field"><strong>Matterport account (2)`) {
		t.Error("the form to connect it again does not say which")
	}
	if done := b.get("/done?connection=" + ids[1]).text; !strings.Contains(done, "<p>Matterport account (2)</p>") {
		t.Error("the page on which connecting ends does not say which")
	}
}

func TestSecondAccountIsAskedForItsName(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	const asked = "You have connected an account before. A name tells them apart."
	for _, target := range []string{"/", "/begin"} {
		if strings.Contains(b.get(target).text, asked) {
			t.Errorf("%s asks before there is any", target)
		}
	}
	b.connect("gallery", "")
	for _, target := range []string{"/", "/begin"} {
		if !strings.Contains(b.get(target).text, asked) {
			t.Errorf("%s does not ask", target)
		}
	}
}
