package form_test

import (
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

func TestTheNameThatWasMeant(t *testing.T) {
	names := []string{"client_id", "client_secret", "addr", "url", "tls"}
	for text, want := range map[string]string{
		"client_idd": "client_id", "clientid": "client_id", "Client_ID": "client_id", "address": "addr", "ur": "url", "secret_client": "", "x": "", "": "", "colour": "",
	} {
		if got := form.Nearest(text, names); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestTextsThatAreNotWhatTheyLookLike(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "a b": true, "Büro": true, "خانه\u200cها": true, "a\u00a0b": false, " a": false, "a\n": false, "a\tb": false, "a\x00b": false,
		"\xff": false, "\ufeffa": false, "a\u202eb": false, "a\u2028b": false, "a\u00adb": false, "a\x7f": false,
	} {
		if f := form.Illegible(text); (f == nil) != want || f != nil && (f.Text == "" || f.Remedy == "") {
			t.Errorf("Illegible(%q) = %v", text, f)
		}
	}
}

func TestForms(t *testing.T) {
	for name, texts := range map[string]map[string]bool{
		form.URL: {
			"https://a.example": true, "http://127.0.0.1:3000/who?a=b": true, "https://[::1]/": true,
			"a.example": false, "ftp://a": false, "https://": false, "https://u@a": false, "https://a#": true, "https://a#b": false, "https:a": false,
		},
		form.Link:     {"/": true, "/a?b#c": true, "https://a/b": true, "mailto:a@b": true, "//a": false, `/\a`: false, "a": false, "javascript:x": false, "mailto:": false},
		form.Prefix:   {"/pme": true, "/a/b-c": true, "/": false, "pme": false, "/a/": false, "/a//b": false, "/a/./b": false, "/a?b": false, "/a b": false},
		form.Address:  {":80": true, "127.0.0.1:0": true, "[::1]:80": true, "unix:/run/a": true, "unix:a": false, "80": false, "a:http": false, "a:65536": false},
		form.HostPort: {"a:1": true, "unix:/run/a": false, "::1:80": false},
		form.Redis:    {"redis://a": true, "rediss://u:p@a:1/0": true, "redis://u:@a": false, "redis:a": false, "http://a": false},
		form.Header:   {"X-A": true, "__Host-session": true, "a b": false, "a:b": false, "ä": false, "a;": false},
	} {
		for text, want := range texts {
			if f := form.Named[name].Check(text); (f == nil) != want || f != nil && (f.Text == "" || f.Remedy == "") {
				t.Errorf("%s %q: %v", name, text, f)
			}
		}
	}
}
