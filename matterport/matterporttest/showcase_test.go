package matterporttest_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// status is what the page is told.
type status struct {
	Access      bool
	Reason      string
	Name        string
	Fingerprint string
	Seconds     float64
}

func sessionStatus(t *testing.T, s http.Handler, model, token string) status {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/show/status?m="+model, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	a := send(s, r)
	if a.Code != http.StatusOK || a.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("status = %d, Cache-Control %q", a.Code, a.Header().Get("Cache-Control"))
	}
	var got status
	if err := json.Unmarshal(a.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSessionLastsAsLongAsItsToken(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(account())
		token := mint(t, s, office, "10m")
		sleep(4 * time.Minute)
		want := status{Access: true, Name: "Head Office", Fingerprint: matterporttest.Fingerprint(token), Seconds: 360}
		if diff := cmp.Diff(want, sessionStatus(t, s, office, token)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		sleep(6 * time.Minute)
		if got := sessionStatus(t, s, office, token); got != (status{Reason: "expired"}) {
			t.Errorf("after its end: %+v", got)
		}
	})
}

func TestRevokedTokenEndsItsSessions(t *testing.T) {
	s := matterporttest.New(account())
	token := mint(t, s, office, "10m")
	remove(t, s, token)
	if got := sessionStatus(t, s, office, token); got != (status{Reason: "revoked"}) {
		t.Errorf("status = %+v", got)
	}
}

func TestRemovedModelEndsItsSessions(t *testing.T) {
	s := matterporttest.New(account())
	token := mint(t, s, office, "10m")
	s.RemoveModel(office)
	if got := sessionStatus(t, s, office, token); got != (status{Reason: "not_available"}) {
		t.Errorf("status = %+v", got)
	}
}

func TestTokenOpensItsModelsOnly(t *testing.T) {
	s := matterporttest.New(account())
	token := mint(t, s, office, "10m")
	unavailable := status{Reason: "not_available"}
	for name, tc := range map[string]struct {
		model, token string
		want         status
	}{
		"another model":      {terrace, token, unavailable},
		"no token":           {office, "", unavailable},
		"unknown token":      {office, "made-up", unavailable},
		"no model":           {"", token, unavailable},
		"unknown model":      {"AAAAAAAAAAA", "", unavailable},
		"inactive model":     {closed, "", unavailable},
		"public":             {lobby, "", status{Access: true, Name: "Lobby"}},
		"public, wrong one":  {lobby, token, unavailable},
		"application token":  {office, appToken(t, s), unavailable},
		"password, no token": {"Passw0rdOne", "", unavailable},
		"unlisted, no token": {"Unl1stedOne", "", status{Access: true, Name: "Unlisted"}},
	} {
		s.AddModel(matterporttest.Model{ID: "Passw0rdOne", Visibility: "password"})
		s.AddModel(matterporttest.Model{ID: "Unl1stedOne", Visibility: "unlisted", Name: "Unlisted"})
		if got := sessionStatus(t, s, tc.model, tc.token); got != tc.want {
			t.Errorf("%s: %+v; want %+v", name, got, tc.want)
		}
	}
	multi := run(t, s, operation(t, "createEmbedToken"), with("modelIds", []string{office, terrace}, "validFor", "10m"))
	value, _ := multi.field("createPrivateModelEmbedToken")["accessToken"].(string)
	for _, model := range []string{office, terrace} {
		if !sessionStatus(t, s, model, value).Access {
			t.Errorf("a token for both does not open %s", model)
		}
	}
}

func TestShowPage(t *testing.T) {
	cfg := account()
	cfg.SDKKey = "key-1"
	s := matterporttest.New(cfg)
	token := mint(t, s, office, "10m")
	a := get(s, "/show?m="+office+"&auth=Bearer+"+token)
	page := a.Body.String()
	if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("answer = %d %s", a.Code, a.Header().Get("Content-Type"))
	}
	for _, want := range []string{
		`id="state"`, `id="fingerprint"`, `id="refreshes"`, `data-model="` + office + `"`, `data-sdk-key="key-1"`,
		`data-script-url="http://example.com/showcase-sdk/client/sdk-client.js"`, `src="show/show.js"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, token) || strings.Contains(page, "Head Office") {
		t.Error("the page tells the token or, before it was asked for access, the space's name")
	}
	h := a.Header()
	if h.Get("X-Frame-Options") != "" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors *") {
		t.Error("the page may not be framed by anyone")
	}
	if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
		t.Error("the page's address may be kept or passed on")
	}
}

func TestShowPageIsReachedUnderBothItsAddresses(t *testing.T) {
	a := get(matterporttest.New(account()), "/show/?m="+office)
	if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), `src="show.js"`) {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestShowPageEscapesWhatItIsGiven(t *testing.T) {
	a := get(matterporttest.New(account()), "/show?m=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
	if strings.Contains(a.Body.String(), "<script>alert") {
		t.Errorf("page = %s", a.Body)
	}
}

func TestPageOfAHiddenModelLooksLikeThatOfNone(t *testing.T) {
	s := matterporttest.New(account())
	before := get(s, "/show?m="+office).Body.String()
	s.RemoveModel(office)
	if diff := cmp.Diff(before, get(s, "/show?m="+office).Body.String()); diff != "" {
		t.Errorf("(-there +gone):\n%s", diff)
	}
}

func TestHandshakeNamesTheConfiguredClientScript(t *testing.T) {
	cfg := account()
	cfg.SDKClientURL = "http://127.0.0.1:9/real/sdk-client.js"
	if a := get(matterporttest.New(cfg), "/show?m="+office); !strings.Contains(a.Body.String(), `data-script-url="`+cfg.SDKClientURL+`"`) {
		t.Errorf("page = %s", a.Body)
	}
}

func TestScriptsCanBeImportedAcrossOrigins(t *testing.T) {
	s := matterporttest.New(account())
	for path, want := range map[string]string{
		"/sdk.es6.js": "export async function connect",
		"/showcase-sdk/bootstrap/3.0.0-0-g0517b8d76c/sdk.es6.js": "export async function connect",
		"/showcase-sdk/client/sdk-client.js":                     `window["sdk-client"] = { SdkBuilder }`,
		"/showcase-sdk/client/sdk.es6.js":                        "export class SdkBuilder",
		"/show/show.js":                                          "postmessage.handshake",
	} {
		a := get(s, path)
		if a.Code != http.StatusOK || !strings.Contains(a.Body.String(), want) {
			t.Errorf("%s = %d", path, a.Code)
		}
		if got := a.Header().Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("%s: Content-Type = %q", path, got)
		}
		if a.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s may not be imported from another origin", path)
		}
	}
	for _, path := range []string{"/show/show.html", "/show/thumb.svg", "/showcase-sdk/", "/showcase-sdk/x.js", "/show/..%2fserver.go", "/"} {
		if a := get(s, path); a.Code != http.StatusNotFound {
			t.Errorf("%s = %d", path, a.Code)
		}
	}
}

func TestThumbnailsAreDrawings(t *testing.T) {
	s := matterporttest.New(matterporttest.Config{})
	drawn := map[string]bool{}
	for _, m := range matterporttest.DefaultModels() {
		a := get(s, "/thumb/"+m.ID+".svg")
		if a.Code != http.StatusOK || a.Header().Get("Content-Type") != "image/svg+xml" {
			t.Fatalf("%s: %d %s", m.ID, a.Code, a.Header().Get("Content-Type"))
		}
		drawn[a.Body.String()] = true
		for decoder := xml.NewDecoder(a.Body); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(drawn) < 4 {
		t.Errorf("only %d different drawings for %d models", len(drawn), len(matterporttest.DefaultModels()))
	}
	for _, path := range []string{"/thumb/AAAAAAAAAAA.svg", "/thumb/" + office, "/thumb/" + office + ".png"} {
		if a := get(s, path); a.Code != http.StatusNotFound {
			t.Errorf("%s = %d", path, a.Code)
		}
	}
}
