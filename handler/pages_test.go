package handler_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	mt "github.com/go-pme/pme/matterport/matterporttest"
)

func TestGalleryShowsThePersonsSpaces(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "")
	a.want(t, http.StatusOK, "")
	body := a.Body.String()
	for _, want := range []string{
		`href="view/` + office + `"`, "HQ &amp; more", `href="view/` + warehouse + `"`, "Warehouse &lt;b&gt;", p.matterport.URL + "/thumb",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	if strings.Contains(body, showroom) {
		t.Error("a space of somebody else's is in the page")
	}
	if empty := p.get(t, "mallory", "").Body.String(); !strings.Contains(empty, "no space for you") {
		t.Errorf("empty gallery: %s", empty)
	}
	if n := len(p.matterport.LiveTokens()); n != 0 {
		t.Errorf("%d tokens minted for a list", n)
	}
}

func TestViewIsForWhoMaySeeIt(t *testing.T) {
	p := newPortal(t, nil)
	a := p.get(t, "alice", "view/"+office)
	a.want(t, http.StatusOK, "")
	if !strings.Contains(a.Body.String(), `<pme-space model="`+office+`" title="HQ &amp; more">`) {
		t.Errorf("no element in the page: %s", a.Body)
	}
	forbidden, invented := p.get(t, "alice", "view/"+showroom), p.get(t, "alice", "view/XXXXXXXXXXX")
	if forbidden.Code != http.StatusForbidden || forbidden.Body.String() != invented.Body.String() {
		t.Error("a space one may not see can be told from one that is not there")
	}
	if bad := p.get(t, "alice", `view/%3Cscript%3E`); bad.Code != http.StatusBadRequest || strings.Contains(bad.Body.String(), "<script>") {
		t.Errorf("%d: %s", bad.Code, bad.Body)
	}
}

func TestPagesAreStrictAboutWhatTheyLoad(t *testing.T) {
	p := newPortal(t, nil)
	nonce := regexp.MustCompile(`'nonce-([A-Za-z0-9+/=_-]{16,})'`)
	seen := make(map[string]bool)
	for _, target := range []string{"", "view/" + office, "view/" + showroom, "view/" + office} {
		a := p.get(t, "alice", target)
		csp := a.Header().Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "frame-src " + p.matterport.URL + ";", "base-uri 'none'", "frame-ancestors 'self'", "connect-src 'self'",
		} {
			if !strings.Contains(csp+";", want) {
				t.Errorf("%q: %q is not in %q", target, want, csp)
			}
		}
		m := nonce.FindStringSubmatch(csp)
		if m == nil || seen[m[1]] {
			t.Fatalf("%q: no fresh nonce in %q", target, csp)
		}
		seen[m[1]] = true
		if strings.Contains(a.Body.String(), "<script") && !strings.Contains(a.Body.String(), `nonce="`+m[1]+`"`) {
			t.Errorf("%q: a script without the nonce", target)
		}
		if strings.Contains(csp, "unsafe") || a.Header().Get("Referrer-Policy") != "no-referrer" || a.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%q: header %v", target, a.Header())
		}
	}
}

func TestGalleryWorksWithoutMatterport(t *testing.T) {
	p := newPortal(t, nil)
	p.matterport.Fail("*", mt.DropConnection(), -1)
	a := p.get(t, "alice", "models")
	a.want(t, http.StatusOK, "")
	if len(a.Models) != 2 || a.Models[0].Name != "HQ & more" || a.Models[1].Name != warehouse || a.Partial {
		t.Errorf("%+v", a.Models)
	}
	if all := p.get(t, "root", "models"); !all.Partial {
		t.Error("a list of everything says that it is complete")
	}
}

func TestSettingsAndScriptAreServed(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.SDKKey = "key" })
	if body := p.get(t, "alice", "settings").Body.String(); !strings.Contains(body, `"sdk_key":"key"`) || !strings.Contains(body, p.matterport.URL) {
		t.Errorf("settings: %s", body)
	}
	script := p.get(t, "alice", "pme.js")
	if script.Header().Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.Contains(script.Body.String(), "pme-space") {
		t.Errorf("script: %v", script.Header())
	}
	if again := p.get(t, "alice", "pme.js", "If-None-Match", script.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged script: %d", again.Code)
	}
}
