package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestWithdrawnAccountHasToBeConnectedAgain(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "Riverside")
	before := b.get("/" + id + "/settings").Viewer
	s.matterport.RevokeGrants("gallery")
	for _, target := range []string{"/models", "/token", "/link?modelId=" + office, "/settings", "/" + id + "/token"} {
		a := b.get(target)
		a.want(t, http.StatusUnauthorized, "reconnect_required")
		want := "/pme/connect/"
		if strings.HasPrefix(target, "/"+id) {
			want += "?connection=" + id
		}
		if a.ConnectURL != want || a.LoginURL != "" {
			t.Errorf("%s: connect_url %q, login_url %q", target, a.ConnectURL, a.LoginURL)
		}
	}
	if one := b.get("/" + id); one.ID != id || !strings.Contains(one.text, `"reconnect":true`) {
		t.Errorf("%s", one.text)
	}
	if page := b.get("/"); !strings.Contains(page.text, "has to be connected again") || !strings.Contains(page.text, `href="./?connection=`+id+`#connect"`) {
		t.Errorf("%s", page.text)
	}
	if page := b.get("/?connection=" + id); !strings.Contains(page.text, `action="`+id+`"`) {
		t.Errorf("%s", page.text)
	}
	a := b.get(b.allow(b.begin("/"+id, ""), "gallery"))
	if a.Header.Get("Location") != "done?connection="+id {
		t.Fatalf("%d %s", a.StatusCode, a.text)
	}
	b.get("/"+id+"/token").want(t, http.StatusOK, "")
	if status := b.get(""); len(status.Connections) != 1 || status.Connections[0].Label != "Riverside" || status.Connections[0].Reconnect {
		t.Errorf("%s", status.text)
	}
	if after := b.get("/" + id + "/settings").Viewer; after == before {
		t.Error("a tab would go on with the token of before")
	}
}

func TestSeveralAccountsAreToldApart(t *testing.T) {
	s := newSite(t, func(c *siteConfig) { c.connect.MaxPerUser = 2 })
	b := s.browser(t, "alice")
	first, second := b.connect("gallery", "One"), b.connect("harbour", "Two")
	for _, target := range []string{"/token", "/models", "/settings", "/link?modelId=" + office} {
		b.get(target).want(t, http.StatusConflict, "several_connections")
	}
	b.get("/view/"+office).wantPage(t, http.StatusConflict, "several Matterport accounts")
	if one, two := b.get("/"+first+"/token").AccessToken, b.get("/"+second+"/token").AccessToken; one == two || one == "" || two == "" {
		t.Error("the same token for two accounts")
	}
	b.do(http.MethodPost, "", url.Values{}).wantPage(t, http.StatusConflict, "Forget one of them")
	b.with("Accept", "application/json").do(http.MethodPost, "", url.Values{}).want(t, http.StatusConflict, "too_many_connections")
}

func TestDeletingTakesTheConnectionsID(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	id := b.connect("gallery", "")
	other := strings.Repeat("A", 26)
	for _, target := range []string{"", "?confirm=", "?confirm=yes", "/" + id, "/" + id + "?confirm=" + other, "?confirm=" + strings.ToLower(id)} {
		a := b.do(http.MethodDelete, target, nil)
		a.want(t, http.StatusConflict, "confirmation_required")
		if !strings.Contains(a.Description, "permission at Matterport would stay") {
			t.Errorf("%q", a.Description)
		}
	}
	b.do(http.MethodDelete, "?confirm="+other, nil).want(t, http.StatusNotFound, "not_connected")
	b.as("bob").do(http.MethodDelete, "?confirm="+id, nil).want(t, http.StatusNotFound, "not_connected")
	b.get("/token").want(t, http.StatusOK, "")
	b.do(http.MethodDelete, "/"+id+"?confirm="+id, nil).want(t, http.StatusNoContent, "")
	a := b.get("/token")
	a.want(t, http.StatusNotFound, "not_connected")
	if a.ConnectURL != "/pme/connect/" {
		t.Errorf("connect_url %q", a.ConnectURL)
	}
	again := b.connect("gallery", "")
	b.do(http.MethodDelete, "?confirm="+again, nil).want(t, http.StatusNoContent, "")
}

func TestViewerChangesWithWhatIsConnected(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	first := b.connect("gallery", "")
	seen := map[string]string{}
	look := func(what, id string, b *tab) {
		viewer := b.get("/" + id + "/settings").Viewer
		if viewer == "" || viewer != b.get("/"+id+"/settings").Viewer {
			t.Errorf("%s: viewer %q", what, viewer)
		}
		if before, ok := seen[viewer]; ok {
			t.Errorf("%s looks like %s", what, before)
		}
		seen[viewer] = what
	}
	look("one", first, b)
	look("another sign-in", first, b.with("Sign-In", "2"))
	second := b.connect("harbour", "")
	look("two", first, b)
	s.ahead.Add(int64(time.Minute))
	b.get(b.allow(b.begin("/"+first, ""), "gallery"))
	look("connected again", first, b)
	b.do(http.MethodDelete, "/"+second+"?confirm="+second, nil)
	look("deleted", first, b)
	if a := b.get("/settings"); a.Selector != s.matterport.URL+"/model-select" {
		t.Errorf("%s", a.text)
	}
}
