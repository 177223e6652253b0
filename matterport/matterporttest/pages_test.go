package matterporttest_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

var input = regexp.MustCompile(`<input type="(\w+)" name="(\w+)" value="([^"]*)"([^>]*)>`)

// fields are what a browser would send of a page's form as it stands.
func fields(page string) url.Values {
	form := url.Values{}
	for _, m := range input.FindAllStringSubmatch(page, -1) {
		if m[1] == "hidden" || strings.Contains(m[4], "checked") {
			form.Add(m[2], html.UnescapeString(m[3]))
		}
	}
	return form
}

func TestConsentPageAsks(t *testing.T) {
	cfg := partner()
	cfg.OAuth.Name = "Tours Ltd"
	s := matterporttest.New(cfg)
	a := get(s, authorizeURL(wish("scope", "PurchaseAssets ViewDetails", "state", "s-1")))
	if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	page := a.Body.String()
	for _, want := range []string{
		"<h1>Tours Ltd asks for access", "only Harbour Estates can authorize it",
		"Harbour Estates", "studio@harbour.example · 3 spaces", "curator@riverside.example · 3 spaces", "Newcomer &amp; Sons", "post@newcomer.example · no spaces",
		"see the public and private details", "You will return to partner.example", ">Allow</button>", ">Deny</button>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if got := strings.Count(page, "Charged to this account"); got != 1 {
		t.Errorf("%d scopes are said to be charged; want PurchaseAssets alone", got)
	}
	want := wish("scope", "PurchaseAssets ViewDetails", "state", "s-1")
	want["account"], want["grant"] = []string{owner}, []string{"ViewDetails", "PurchaseAssets"}
	if diff := cmp.Diff(want, fields(page)); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestConsentPageOfAnAppInProductionDoesNotWarn(t *testing.T) {
	if a := get(matterporttest.New(production()), authorizeURL(wish())); strings.Contains(a.Body.String(), "Development Mode") {
		t.Errorf("page = %s", a.Body)
	}
}

func TestConsentFormDecides(t *testing.T) {
	const all = "ViewDetails EditDetails PurchaseAssets"
	for name, tc := range map[string]struct {
		edit func(form url.Values)
		want string // the scopes granted, or the error
	}{
		"allow":           {func(f url.Values) {}, all},
		"unticked":        {func(f url.Values) { f["grant"] = []string{"ViewDetails", "EditDetails"} }, "ViewDetails EditDetails"},
		"ticked unasked":  {func(f url.Values) { f["grant"] = []string{"ViewDetails", "DownloadAssets"} }, "ViewDetails"},
		"all unticked":    {func(f url.Values) { f.Del("grant") }, "access_denied"},
		"another account": {func(f url.Values) { f.Set("account", gallery) }, "unauthorized_client"},
		"deny":            {func(f url.Values) { f.Set("decision", "deny") }, "access_denied"},
		"no decision":     {func(f url.Values) { f.Del("decision") }, "access_denied"},
		"scope in form":   {func(f url.Values) { f.Set("scope", "Everything") }, "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(partner())
			form := fields(get(s, authorizeURL(wish("scope", all, "code_challenge", challenge, "code_challenge_method", "S256"))).Body.String())
			form.Set("decision", "allow")
			tc.edit(form)
			a := decide(s, form)
			address := a.Header().Get("Location")
			if a.Code != http.StatusSeeOther || !strings.HasPrefix(address, callback+"?") || a.Header().Get("Cache-Control") != "no-store" {
				t.Fatalf("answer = %d, Location %q", a.Code, address)
			}
			query := returned(t, address)
			if code := query.Get("error"); code != "" {
				if code != tc.want || query.Has("code") {
					t.Errorf("sent to %s; want %s", address, tc.want)
				}
				return
			}
			b := tokens(t, s, exchange(query.Get("code"), "scope", all, "code_verifier", verifier))
			if b.body.Scope != tc.want {
				t.Errorf("granted %q; want %q", b.body.Scope, tc.want)
			}
		})
	}
}

func TestFormsThatCannotBeReadAreRefused(t *testing.T) {
	s := matterporttest.New(partner())
	good := wish("account", owner, "decision", "allow", "grant", "ViewDetails")
	nobody := wish("account", "nobody", "decision", "allow", "grant", "ViewDetails")
	for name, r := range map[string]*http.Request{
		"no account": httptest.NewRequest(http.MethodPost, "/oauth/authorize", strings.NewReader(nobody.Encode())),
		"too large":  httptest.NewRequest(http.MethodPost, "/oauth/authorize", strings.NewReader(good.Encode()+"&x="+strings.Repeat("x", 2<<20))),
		"not a form": httptest.NewRequest(http.MethodPost, "/oauth/authorize", strings.NewReader("{}")),
	} {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if name == "not a form" {
			r.Header.Set("Content-Type", "application/json")
		}
		if a := send(s, r); a.Code != http.StatusBadRequest || a.Header().Get("Location") != "" {
			t.Errorf("%s: answer = %d, Location %q", name, a.Code, a.Header().Get("Location"))
		}
	}
	if a := get(s, "/oauth/authorize?%zz&"+wish().Encode()); a.Code != http.StatusBadRequest {
		t.Errorf("an address that cannot be read: %d", a.Code)
	}
}

// Every page, with whatever can be put into it from outside or by the configuration.
func TestPagesEscapeWhatTheyAreGiven(t *testing.T) {
	const attack = `"'><script>alert(1)</script><b x=`
	cfg := production()
	cfg.OAuth.Name = attack
	cfg.OAuth.RedirectURLs = nil
	cfg.Accounts = []matterporttest.Account{{ID: "a", Name: attack, Email: attack, Models: []matterporttest.Model{{ID: office, Name: attack}, {ID: attack}}}}
	cfg.Models = nil
	s := matterporttest.New(cfg)
	token := connected(t, s, "a", "ViewDetails").body.AccessToken
	q := url.QueryEscape(attack)
	for name, target := range map[string]string{
		"consent, values":  authorizeURL(wish("state", attack, "redirect_uri", "https://x.example/"+url.PathEscape(attack)+"?"+q)),
		"consent, client":  authorizeURL(wish("client_id", attack)),
		"consent, address": authorizeURL(wish("redirect_uri", attack)),
		"selector":         "/model-select?oauthToken=" + token + "&multiselect=" + q + "&approveAll=" + q,
		"selector, token":  "/model-select?oauthToken=" + q,
		"applications":     "/account/a/applications",
		"no account":       "/account/" + url.PathEscape(attack) + "/applications",
	} {
		page := get(s, target).Body.String()
		if strings.Contains(page, "<script>") || strings.Contains(page, `"'>`) || page == "" {
			t.Errorf("%s: page = %s", name, page)
		}
	}
	a := get(s, authorizeURL(wish("state", attack)))
	if got := fields(a.Body.String()).Get("state"); got != attack {
		t.Errorf("the form carries %q", got)
	}
}

func TestPagesLoadOnlyTheirOwnPartsAndAreNotCached(t *testing.T) {
	s := matterporttest.New(partner())
	token := connected(t, s, owner, "ViewDetails").body.AccessToken
	for target, tc := range map[string]struct{ assets, ancestors string }{
		authorizeURL(wish()):                  {"../assets/", "frame-ancestors 'none'"},
		"/oauth/authorize":                    {"../assets/", "frame-ancestors 'none'"},
		"/account/" + owner + "/applications": {"../../assets/", "frame-ancestors 'none'"},
		"/model-select?oauthToken=" + token:   {"assets/", "frame-ancestors *"},
	} {
		a := get(s, target)
		policy := a.Header().Get("Content-Security-Policy")
		if !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, tc.ancestors) || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", target, policy)
		}
		if a.Header().Get("Cache-Control") != "no-store" || a.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: the address may be kept or passed on", target)
		}
		if !strings.Contains(a.Body.String(), `href="`+tc.assets+`page.css"`) {
			t.Errorf("%s: the style is not where it is served", target)
		}
		for _, inline := range []string{"<style", "style=", "onclick", "javascript:"} {
			if strings.Contains(a.Body.String(), inline) {
				t.Errorf("%s: has %s", target, inline)
			}
		}
	}
	for path, contentType := range map[string]string{"/assets/page.css": "text/css; charset=utf-8", "/assets/selector.js": "text/javascript; charset=utf-8"} {
		if a := get(s, path); a.Code != http.StatusOK || a.Header().Get("Content-Type") != contentType {
			t.Errorf("%s = %d %s", path, a.Code, a.Header().Get("Content-Type"))
		}
	}
	for _, path := range []string{"/assets/consent.html", "/assets/", "/assets/room.svg"} {
		if a := get(s, path); a.Code != http.StatusNotFound {
			t.Errorf("%s = %d", path, a.Code)
		}
	}
}

func TestPagesFailAndCount(t *testing.T) {
	s := matterporttest.New(partner())
	s.Fail("*", matterporttest.Status(500, ""), -1)
	s.Fail("authorize", matterporttest.HTML(503), 1)
	s.Fail("select", matterporttest.HTML(502), 1)
	form := wish("account", owner, "decision", "allow", "grant", "ViewDetails")
	got := []int{
		get(s, authorizeURL(wish())).Code, get(s, authorizeURL(wish())).Code, decide(s, form).Code,
		get(s, "/model-select").Code, get(s, "/model-select").Code,
	}
	if diff := cmp.Diff([]int{503, 200, 303, 502, 200}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Calls("authorize") != 3 || s.Calls("select") != 2 || s.Calls("*") != 0 {
		t.Errorf("counted %d, %d, %d", s.Calls("authorize"), s.Calls("select"), s.Calls("*"))
	}
}
