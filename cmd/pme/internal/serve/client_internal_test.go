package serve

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

func TestTheClientIsTheLastAddressThatIsNoProxy(t *testing.T) {
	cfg := config.Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/64")}}
	client := clientOf(cfg)
	for name, test := range map[string]struct {
		peer string
		hops []string
		want string
	}{
		"no proxy":                   {"203.0.113.9:1000", nil, "203.0.113.9"},
		"no proxy, forged":           {"203.0.113.9:1000", []string{"198.51.100.1"}, "203.0.113.9"},
		"a proxy":                    {"10.0.0.1:1000", []string{"203.0.113.9"}, "203.0.113.9"},
		"a proxy that appends":       {"10.0.0.1:1000", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"a header of two lines":      {"10.0.0.1:1000", []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		"two proxies":                {"10.0.0.1:1000", []string{"198.51.100.1, 203.0.113.9, 10.0.0.2"}, "203.0.113.9"},
		"forged as a proxy":          {"10.0.0.1:1000", []string{"10.0.0.7, 203.0.113.9"}, "203.0.113.9"},
		"from a proxy itself":        {"10.0.0.1:1000", []string{"10.0.0.2"}, "10.0.0.2"},
		"no header":                  {"10.0.0.1:1000", nil, "10.0.0.1"},
		"garbage at the end":         {"10.0.0.1:1000", []string{"203.0.113.9, unknown"}, "10.0.0.1"},
		"garbage before":             {"10.0.0.1:1000", []string{"<script>, 203.0.113.9"}, "203.0.113.9"},
		"a port":                     {"10.0.0.1:1000", []string{"203.0.113.9:4711"}, "203.0.113.9"},
		"IPv6":                       {"[fd00::1]:1000", []string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 in brackets":           {"[fd00::1]:1000", []string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		"IPv4 written as IPv6":       {"[::ffff:10.0.0.1]:1000", []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		"a zone":                     {"[fe80::1%eth0]:1000", nil, "fe80::1"},
		"a socket":                   {"@", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		"a socket without a header":  {"", nil, ""},
		"a socket with garbage only": {"@", []string{"unknown"}, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = test.peer
		r.Header["X-Forwarded-For"] = test.hops
		if got := client(r); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if clientOf(config.Config{Addr: "127.0.0.1:8080"}) != nil {
		t.Error("without proxies, peers count as clients")
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "@"
	r.Header.Set("X-Forwarded-For", "198.51.100.1, 203.0.113.9")
	if got := clientOf(config.Config{Addr: "unix:/run/pme/http.sock"})(r); got != "203.0.113.9" {
		t.Errorf("on a socket without proxies: %q", got)
	}
}

func TestKeysAreReadInEitherAlphabet(t *testing.T) {
	for text, want := range map[string]bool{
		"//////////////////////////////////////////8=":   true,
		"__________________________________________8":    true,
		"//////////////////////////////////////////8":    true,
		"//////////////////////////////////////////8=\n": true,
		"AAAA":                          false,
		"":                              false,
		"not base64 at all, not at all": false,
	} {
		if key, ok := parseKey(text); ok != want || ok && len(key) != 32 {
			t.Errorf("%q: %v %x", text, ok, key)
		}
	}
}
