package whoami_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/middleware/whoami"
)

func TestUnusableConfigurationIsAllReported(t *testing.T) {
	_, err := whoami.New(whoami.Config{
		URL: "http://alice:hunter2@host/whoami", Host: "a/b", Cookies: []string{"a b", "x", "x"}, Headers: []string{"cookie", "X-A", "x-a"},
		Remember: time.Hour, Timeout: -1, Limit: 100_000, LoginURL: "//evil.example", SessionLifetime: -1,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		"URL must be", "Host must be", `Cookies: "a b"`, `Cookies: "x" is there twice`, `Headers: "Cookie" is a cookie`, `Headers: "X-A" is there twice`,
		"Remember must not", "Timeout must be", "Limit must be", "LoginURL", "SessionLifetime",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%q has the password", err)
	}
	if _, err := whoami.New(whoami.Config{}); err == nil || !strings.Contains(err.Error(), "Cookies and Headers are missing") {
		t.Errorf("an empty Config: %v", err)
	}
}

func TestAddressOfTheHost(t *testing.T) {
	for _, tt := range []struct {
		url         string
		good, plain bool // good without AllowPlainHTTP, and with it
	}{
		{"http://127.0.0.1:3000/whoami", true, true},
		{"http://localhost/whoami?x=y", true, true},
		{"http://[::1]:3000", true, true},
		{"https://intranet.example.com/whoami", true, true},
		{"http://intranet.example.com/whoami", false, true},
		{"http://10.0.0.5:3000/whoami", false, true},
		{"http://localhost.example.com/", false, true},
		{"http://user@127.0.0.1/", false, false},
		{"http://u:p@intranet.example.com/", false, false},
		{"https://intranet.example.com/#whoami", false, false},
		{"intranet.example.com/whoami", false, false},
		{"/whoami", false, false},
		{"unix:///run/host.sock", false, false},
		{"ftp://127.0.0.1/", false, false},
		{"http://127.0.0.1:3000/whoami\n", false, false},
		{"http:///whoami", false, false},
		{"", false, false},
	} {
		for _, allow := range []bool{false, true} {
			want := tt.good
			if allow {
				want = tt.plain
			}
			_, err := whoami.New(whoami.Config{URL: tt.url, AllowPlainHTTP: allow, Cookies: []string{"sid"}})
			if (err == nil) != want {
				t.Errorf("%q, AllowPlainHTTP %v: %v", tt.url, allow, err)
			}
		}
	}
}

func TestHeadersThatCannotBePassedOn(t *testing.T) {
	try := func(name string) error {
		_, err := whoami.New(whoami.Config{URL: address, Headers: []string{name}})
		return err
	}
	for _, name := range []string{"Authorization", "authorization", "X-Api-Key", "X-Session", "X-Forward", "Remote", "Tea"} {
		if err := try(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, why := range map[string]string{
		"Cookie": "name it in Cookies", "cookie": "name it in Cookies", "HOST": "see Host",
		"Connection": "§7.6.1", "Keep-Alive": "§7.6.1", "Proxy-Authorization": "§7.6.1", "proxy-connection": "§7.6.1", "TE": "§7.6.1",
		"Trailer": "§7.6.1", "Transfer-Encoding": "§7.6.1", "Upgrade": "§7.6.1", "Expect": "§7.6.1",
		"X-Forwarded-For": "only a proxy knows", "x-forwarded-user": "only a proxy knows", "Forwarded": "only a proxy knows", "X-Real-IP": "only a proxy knows",
		"Via": "only a proxy knows", "X-Original-URL": "only a proxy knows", "X-Http-Method-Override": "only a proxy knows", "Remote-User": "only a proxy knows",
		"Content-Length": "not whose session", "Content-Type": "not whose session", "Accept": "not whose session", "Range": "not whose session",
		"If-None-Match": "not whose session", "User-Agent": "not whose session", "Sec-Fetch-Mode": "not whose session",
		"": "letters, digits and hyphens", "X_Forwarded_For": "letters, digits and hyphens", "X-A: b\r\nX-B": "letters, digits and hyphens", "X-Ä": "letters, digits and hyphens",
	} {
		if err := try(name); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", name, err, why)
		}
	}
}
