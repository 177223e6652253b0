package weburl_test

import (
	"net/url"
	"testing"

	"github.com/go-pme/pme/internal/weburl"
)

func TestSecure(t *testing.T) {
	for text, want := range map[string]bool{
		"https://example.com/a?b#c":  true,
		"http://localhost:8080":      true,
		"http://127.0.0.1/":          true,
		"http://127.8.9.1/":          true,
		"http://[::1]:80/":           true,
		"http://example.com":         false,
		"http://10.0.0.1":            false,
		"http://localhost.example":   false,
		"http://127.0.0.1.example":   false,
		"https://user@example.com":   false,
		"https://":                   false,
		"https:example.com":          false,
		"ftp://localhost":            false,
		"//example.com":              false,
		"/local":                     false,
		"":                           false,
		"HTTPS://example.com":        true, // url.Parse lowers the scheme
		"http://[::ffff:127.0.0.1]/": true,
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := weburl.Secure(u); got != want {
			t.Errorf("Secure(%q) = %v", text, got)
		}
	}
	if weburl.Secure(nil) {
		t.Error("Secure(nil) = true")
	}
}

func TestOriginIsWhatBrowsersSend(t *testing.T) {
	for address, want := range map[string]string{
		"https://Intranet.Example.com/apps": "https://intranet.example.com",
		"https://intranet.example.com:443/": "https://intranet.example.com",
		"http://intranet.example.com:80":    "http://intranet.example.com",
		"http://intranet.example.com:443":   "http://intranet.example.com:443",
		"https://intranet.example.com:8443": "https://intranet.example.com:8443",
		"http://[::1]:8080/x":               "http://[::1]:8080",
		"http://[::1]:80/x":                 "http://[::1]",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := weburl.Origin(u); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
