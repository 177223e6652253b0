package mistakes_test

import (
	"fmt"
	"net/http"
	"testing"
)

const mountHint = "no endpoint has this path: mount pme by Handler.Mount, or take its prefix off by http.StripPrefix"

// Mistake 1: the wrong prefix.
func TestWrongPrefix(t *testing.T) {
	p := newPortal(t)
	site := p.serve(t, http.StripPrefix("/port", p.handler(t)))
	if status, _ := open(t, site.Client(), site.URL+"/portal/"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	want(t, p.log.String(), "level=WARN", mountHint, "path=al/")
}

// Mistake 2: no StripPrefix.
func TestNoStripPrefix(t *testing.T) {
	p := newPortal(t)
	mux := http.NewServeMux()
	mux.Handle("/pme/", p.handler(t))
	site := p.serve(t, mux)
	for range 2 {
		if status, page := open(t, site.Client(), site.URL+"/pme/view/"+office); status != http.StatusNotFound {
			t.Errorf("status %d, %s", status, page)
		}
	}
	want(t, p.log.String(), "level=WARN", mountHint, "path=/pme/view/"+office)
	p.wantLines(t, 1)
}

// A visitor who mistypes an address is not the operator's business.
func TestMistypedAddressIsNotLogged(t *testing.T) {
	p := newPortal(t)
	site := p.site(t)
	if status, _ := open(t, site.Client(), site.URL+"/pme/nothing"); status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	p.wantLines(t, 0)
}

// The same mistake at Mount: net/http would take the first segment for a host.
func TestPrefixWithoutASlash(t *testing.T) {
	h := newPortal(t).handler(t)
	defer func() { want(t, fmt.Sprint(recover()), `pme: Mount: the prefix is "pme": want a path such as "/pme"`) }()
	h.Mount(http.NewServeMux(), "pme")
}
