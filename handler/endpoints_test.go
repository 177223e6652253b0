package handler_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/pages"
)

func TestTokenHasTheShapeTheSDKWants(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "token?modelId="+office)
	a.want(t, http.StatusOK, "")
	seconds, number := a.ExpiresIn.(float64)
	if !number || seconds <= 120 || seconds > 600 || seconds != float64(int(seconds)) {
		t.Errorf("expires_in %v, want a whole number from 121 to 600", a.ExpiresIn)
	}
	if a.TokenType != "Bearer" || strings.HasPrefix(a.AccessToken, "Bearer") || !p.matterport.Live(a.AccessToken) {
		t.Errorf("%q token %q is no bare live token", a.TokenType, a.AccessToken)
	}
	if again := p.get(t, "alice", "token?modelId="+office); again.AccessToken != a.AccessToken {
		t.Error("not reused")
	}
	if n := p.matterport.Calls("createPrivateModelEmbedLink"); n != 1 {
		t.Errorf("%d mints, want 1", n)
	}
}

func TestOneTokenOpensSeveralModels(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "token?modelId="+office+"&modelId="+warehouse)
	b := p.get(t, "alice", "token?modelId="+warehouse+"&_=1&modelId="+office)
	if a.want(t, http.StatusOK, ""); a.AccessToken != b.AccessToken {
		t.Error("the order of the models matters")
	}
	if live := p.matterport.LiveTokens(); len(live) != 1 || len(live[0].Models) != 2 {
		t.Errorf("%d tokens live, want one for two models", len(live))
	}
}

func TestLinkIsCompleteAndExpires(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "link?modelId="+office)
	a.want(t, http.StatusOK, "")
	if !strings.HasPrefix(a.Link, p.matterport.URL+"/show?m="+office+"&auth=Bearer") {
		t.Errorf("link %q", a.Link)
	}
	until, err := time.Parse(time.RFC3339, a.ValidUntil)
	if left := time.Until(until); err != nil || left < 9*time.Minute || left > 11*time.Minute {
		t.Errorf("valid_until %q", a.ValidUntil)
	}
	if token := p.get(t, "alice", "token?modelId="+office); !strings.Contains(a.Link, token.AccessToken) {
		t.Error("link and token are of two mints")
	}
	p.get(t, "alice", "link?modelId="+office+"&modelId="+warehouse).want(t, http.StatusBadRequest, "invalid_request")
}

func TestWhatIsNotAllowedLooksTheSameAsWhatIsNot(t *testing.T) {
	p := newPortal(t, nil)
	for _, endpoint := range []string{"token", "link"} {
		forbidden := p.get(t, "alice", endpoint+"?modelId="+showroom)
		invented := p.get(t, "alice", endpoint+"?modelId=XXXXXXXXXXX")
		forbidden.want(t, http.StatusForbidden, "access_denied")
		if diff := cmp.Diff(forbidden.Body.String(), invented.Body.String()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(forbidden.Header(), invented.Header()); diff != "" {
			t.Error(diff)
		}
	}
	p.get(t, "alice", "token?modelId="+office+"&modelId="+showroom).want(t, http.StatusForbidden, "access_denied")
	p.get(t, "mallory", "token?modelId="+office).want(t, http.StatusForbidden, "access_denied")
	if n := p.matterport.Calls("*"); n != 0 {
		t.Errorf("%d calls to Matterport for what is not allowed", n)
	}
}

func TestBadQueriesAreRefused(t *testing.T) {
	p := newPortal(t, nil)
	for _, query := range []string{
		"", "?", "?modelId", "?modelId=", "?modelId=short", "?modelId=" + office + "x", "?modelid=" + office,
		"?modelId=%zz", "?modelId=" + office + ";", "?modelId=../../../..", "?modelId=" + office + "&modelId=",
		"?modelId=" + office + "%00", "?modelId=*", "?modelId=" + office + "," + warehouse,
		"?modelId=" + strings.Repeat("x", 5000), "?" + strings.Repeat("modelId="+office+"&", 21),
	} {
		p.get(t, "alice", "token"+query).want(t, http.StatusBadRequest, "invalid_request")
		p.get(t, "alice", "link"+query).want(t, http.StatusBadRequest, "invalid_request")
	}
	if n := p.matterport.Calls("*"); n != 0 {
		t.Errorf("%d calls to Matterport for bad queries", n)
	}
}

func TestOtherMethodsAreRefused(t *testing.T) {
	p := newPortal(t, nil)
	for target, allow := range map[string]string{
		"token": "GET", "link": "GET", "models": "GET", "settings": "GET", "": "GET", "view/" + office: "GET",
		"pme.js": "GET", "pme.css": "GET", "revoke": "POST",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, "BREW"} {
			if method == allow {
				continue
			}
			a := p.do(t, method, "alice", target)
			a.want(t, http.StatusMethodNotAllowed, "invalid_request")
			if got := a.Header().Get("Allow"); got != allow {
				t.Errorf("%s %s: Allow %q, want %q", method, target, got, allow)
			}
		}
	}
}

func TestUnauthenticatedRequestsGet401(t *testing.T) {
	p := newPortal(t, nil)
	for _, target := range []string{"token?modelId=" + office, "link?modelId=" + office, "models", "settings", "", "view/" + office} {
		a := p.get(t, "", target)
		a.want(t, http.StatusUnauthorized, "login_required")
		if a.LoginURL != "/login" {
			t.Errorf("login_url %q", a.LoginURL)
		}
		nav := p.get(t, "", target, "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document")
		if at := nav.Header().Get("Location"); nav.Code != http.StatusFound || !strings.HasPrefix(at, "/login?next=%2Fpme%2F") {
			t.Errorf("navigation to %q: %d to %q", target, nav.Code, at)
		}
	}
	p.do(t, http.MethodPost, "", "revoke").want(t, http.StatusUnauthorized, "login_required")
	p.get(t, "", "pme.js").want(t, http.StatusOK, "")
}

// Promise 1, from the outside: even mounted without any middleware, no endpoint says anything.
func TestEndpointsMountedAloneRefuseWithoutAPerson(t *testing.T) {
	p := newPortal(t, nil)
	look, err := pages.New(pages.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]http.Handler{
		"settings": handler.Settings(p.Issuer(), look), "signed in": handler.SignedIn(look),
		"token": handler.Token(p.Issuer()), "link": handler.Link(p.Issuer()), "models": handler.Models(p.Catalog()),
		"gallery": handler.NewGallery(p.Catalog(), look), "view": handler.View(p.Issuer(), p.Catalog(), look),
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+office+"?modelId="+office, nil))
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d, want 401", name, w.Code)
		}
	}
	if n := p.matterport.Calls("*"); n != 0 {
		t.Errorf("%d calls to Matterport", n)
	}
}

func TestGoneModelIsNotFoundForWhoMaySeeIt(t *testing.T) {
	p := newPortal(t, nil)
	p.get(t, "bob", "token?modelId="+gone).want(t, http.StatusNotFound, "model_not_found")
	p.get(t, "alice", "token?modelId="+gone).want(t, http.StatusForbidden, "access_denied")
}

func TestErrorsOfPolicyAndStoreAre503(t *testing.T) {
	doubt := access.Func(func(context.Context, *identity.User, string) (bool, error) {
		return true, errors.New("the directory is down: ldap://internal-host")
	})
	p := newPortal(t, func(c *pme.Config) { c.Access = doubt })
	a := p.get(t, "alice", "token?modelId="+office)
	a.want(t, http.StatusServiceUnavailable, "temporarily_unavailable")
	if strings.Contains(a.Body.String(), "ldap") {
		t.Errorf("internals in the answer: %s", a.Body)
	}
	if !strings.Contains(p.log.String(), "ldap") {
		t.Error("the operator is not told")
	}
}

func TestTooManyMintsAreAnswered429(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.MintBurst, c.MintEvery = 1, time.Hour })
	p.get(t, "alice", "token?modelId="+office).want(t, http.StatusOK, "")
	p.get(t, "alice", "token?modelId="+warehouse).want(t, http.StatusTooManyRequests, "temporarily_unavailable")
	p.get(t, "alice", "token?modelId="+office).want(t, http.StatusOK, "")
}

func TestRevokeTakesOnlyOnesOwn(t *testing.T) {
	p := newPortal(t, nil)
	mine := p.get(t, "alice", "token?modelId="+office)
	other := p.get(t, "alice", "token?modelId="+warehouse)
	bobs := p.get(t, "bob", "token?modelId="+showroom)
	if a := p.do(t, http.MethodPost, "alice", "revoke?modelId="+office); a.Revoked != 1 || !p.matterport.Deleted(mine.AccessToken) {
		t.Errorf("revoked %d", a.Revoked)
	}
	p.do(t, http.MethodPost, "alice", "revoke?modelId=").want(t, http.StatusBadRequest, "invalid_request")
	p.do(t, http.MethodPost, "alice", "revoke?modelId="+showroom)
	if !p.matterport.Live(bobs.AccessToken) || !p.matterport.Live(other.AccessToken) {
		t.Error("more was revoked than was asked for")
	}
	if a := p.do(t, http.MethodPost, "alice", "revoke"); a.Revoked != 1 || !p.matterport.Deleted(other.AccessToken) {
		t.Errorf("revoked %d", a.Revoked)
	}
	if !p.matterport.Live(bobs.AccessToken) {
		t.Error("alice revoked bob's token")
	}
}

func TestRevokeFromAnotherSiteIsRefused(t *testing.T) {
	p := newPortal(t, nil)
	token := p.get(t, "alice", "token?modelId="+office)
	p.do(t, http.MethodPost, "alice", "revoke", "Sec-Fetch-Site", "cross-site").want(t, http.StatusForbidden, "cross_origin")
	p.do(t, http.MethodPost, "alice", "revoke", "Origin", "https://evil.example").want(t, http.StatusForbidden, "cross_origin")
	if !p.matterport.Live(token.AccessToken) {
		t.Error("another site's page revoked a token")
	}
}

func TestModelsListsWhatThePersonMayOpen(t *testing.T) {
	p := newPortal(t, nil)
	names := func(person string) (out []string) {
		for _, m := range p.get(t, person, "models").Models {
			if !strings.HasPrefix(m.Thumbnail, p.matterport.URL) && m.ID != gone {
				t.Errorf("%s has no thumbnail", m.ID)
			}
			out = append(out, m.Name)
		}
		return out
	}
	for person, want := range map[string][]string{
		"alice":   {"HQ & more", "Warehouse <b>"},
		"bob":     {gone, "Showroom"},
		"root":    {"Head office", "Showroom", "Warehouse <b>"},
		"mallory": nil,
	} {
		if diff := cmp.Diff(want, names(person)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", person, diff)
		}
	}
	if n := p.matterport.Calls("models"); n != 1 {
		t.Errorf("%d calls for the models, want 1", n)
	}
	if body := p.get(t, "mallory", "models").Body.String(); body != `{"models":[]}`+"\n" {
		t.Errorf("nobody's models: %q", body)
	}
}

func TestUnknownAddressIsNotFound(t *testing.T) {
	p := newPortal(t, nil)
	for _, target := range []string{"nothing", "view/", "view/a/b", "token/", "TOKEN"} {
		p.get(t, "alice", target).want(t, http.StatusNotFound, "invalid_request")
	}
}

func TestCallerWhoHasLeftIsNoServerError(t *testing.T) {
	p := newPortal(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/token?modelId="+office, nil)
	r.Header.Set("Person", "alice")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable && w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
	if !errors.Is(p.Issuer().Authorize(t.Context(), nil, office), issuer.ErrNotSignedIn) {
		t.Error("Authorize lets nobody in")
	}
}
