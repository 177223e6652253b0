package oidclogin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// The longest return path is that of middleware.LocalPath. Its cookie is one that browsers keep.
func TestLongReturnPathsSurviveTheLogin(t *testing.T) {
	for what, tt := range map[string]struct {
		path, want string
		logged     bool
	}{
		"short":                  {"/page?a=b", "/page?a=b", false},
		"over 1,024":             {"/page?q=" + strings.Repeat("x", 1100), "/page?q=" + strings.Repeat("x", 1100), false},
		"longest":                {"/page?q=" + strings.Repeat("x", 2040), "/page?q=" + strings.Repeat("x", 2040), false},
		"longest that escapes":   {"/page?q=" + strings.Repeat("%26", 680), "/page?q=" + strings.Repeat("%26", 680), false},
		"too long by one":        {"/page?q=" + strings.Repeat("x", 2041), "/page", true},
		"much too long":          {"/page?q=" + strings.Repeat("x", 6000), "/page", true},
		"path too long":          {"/" + strings.Repeat("x", 2048) + "?a=b", "/", true},
		"unsafe":                 {"/page?q=%ff", "/", false},
		"unsafe and too long":    {"//evil.example/?q=" + strings.Repeat("x", 2048), "/", true},
		"the login and too long": {"/auth/login?q=" + strings.Repeat("x", 2048), "/", true},
	} {
		s := newSite(t, newIDP(t))
		b := s.browser(t)
		callback := b.toCallback(tt.path)
		for _, c := range b.cookies() {
			if n := len(c.Name) + len(c.Value); n > 4000 {
				t.Errorf("%s: the cookie %s has %d bytes", what, c.Name, n)
			}
		}
		if a := b.open(callback); a.status != http.StatusSeeOther || a.location != tt.want {
			t.Errorf("%s: status %d back to %q", what, a.status, a.location)
		}
		if logged := strings.Contains(fmt.Sprint(s.log), "return path is too long"); logged != tt.logged {
			t.Errorf("%s: the log says that the path is too long %v, want %v", what, logged, tt.logged)
		}
		if strings.Contains(fmt.Sprint(s.log), "xxxxx") {
			t.Errorf("%s: the log has the query", what)
		}
	}
}

// From the page to the login and back.
func TestVisitorOfALongAddressComesBackToThePage(t *testing.T) {
	s := newSite(t, newIDP(t))
	for query, want := range map[string]string{strings.Repeat("x", 2000): "/page?" + strings.Repeat("x", 2000), strings.Repeat("x", 3000): "/page"} {
		b := s.browser(t)
		a := b.open("/page?" + query)
		for a.status == http.StatusFound {
			a = b.open(a.location)
		}
		if a.status != http.StatusSeeOther || a.location != want {
			t.Errorf("%d bytes: status %d back to %q", len(query), a.status, a.location)
		}
	}
}
