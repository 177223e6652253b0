package oidclogin_test

import (
	"net/http/cookiejar"
	"strings"
	"testing"
)

func TestBrowserThatLosesItsSessionCookieIsReportedOnce(t *testing.T) {
	p := newIDP(t)
	s := newSite(t, p)
	b := s.browser(t)
	for range 3 {
		login := b.open("/page")
		if login.status != 302 || login.header.Get("Set-Cookie") != "" {
			t.Fatalf("%d, %v", login.status, login.header)
		}
		b.open(b.toCallback("/page"))
		b.Jar, _ = cookiejar.New(nil) // as if the browser, or a proxy, refused the cookie
	}
	log := s.log.String()
	if n := strings.Count(log, "login_repeated"); n != 1 {
		t.Fatalf("%d warnings, want one:\n%s", n, log)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "login_repeated") && (!strings.Contains(line, "level=WARN") ||
			!strings.Contains(line, `looks for the cookie \"pme-session\"`) || !strings.Contains(line, "the browser sent no cookies") || !strings.Contains(line, "path=/page")) {
			t.Error(line)
		}
	}
}
