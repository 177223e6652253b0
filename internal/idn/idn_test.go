package idn_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/idn"
)

func TestDomainsHaveTwins(t *testing.T) {
	for unicode, ascii := range map[string]string{
		"bücher.example":   "xn--bcher-kva.example",
		"müller.example":   "xn--mller-kva.example",
		"straße.example":   "xn--strae-oqa.example",
		"a.bücher.example": "a.xn--bcher-kva.example",
		"例え.テスト":           "xn--r8jz45g.xn--zckzah",
		"пример.испытание": "xn--e1afmkfd.xn--80akhbyknj4f",
		"مثال.إختبار":      "xn--mgbh0fb.xn--kgbechtv",
		"bücher-ü.example": "xn--bcher--3yaf.example",
		"ü.example":        "xn--tda.example",
	} {
		if got, ok := idn.Twin(unicode); !ok || got != ascii {
			t.Errorf("Twin(%s) = %s, %v, want %s", unicode, got, ok, ascii)
		}
		if got, ok := idn.Twin(ascii); !ok || got != unicode {
			t.Errorf("Twin(%s) = %s, %v, want %s", ascii, got, ok, unicode)
		}
	}
}

func TestDomainsWithoutTwins(t *testing.T) {
	for _, domain := range []string{
		"", "example.com", "BÜCHER.example", "xn--.example", "xn--a.example", "xn--bcher-kva1.example", "xn--zzzzzzzzzzzz.example",
		"bücher.xn--bcher-kva.example", "bü_cher.example", "bü。example", "\xff.example", "xn--\xff.example", strings.Repeat("ü", 64) + ".example",
		"xn--" + strings.Repeat("9", 70), "xn--example-.com", "ü\u200b.example",
		"xn--000a0007a009a0000a00a00a00a00a00a00a00a00a00a00a00a00a00a00a", // of 64 bytes
	} {
		if twin, ok := idn.Twin(domain); ok {
			t.Errorf("Twin(%+q) = %+q", domain, twin)
		}
	}
}

func FuzzTwin(f *testing.F) {
	for _, domain := range []string{"bücher.example", "xn--bcher-kva.example", "xn--99999.b", "例え.テスト"} {
		f.Add(domain)
	}
	f.Fuzz(func(t *testing.T, domain string) {
		twin, ok := idn.Twin(domain)
		if !ok {
			return
		}
		if back, ok := idn.Twin(twin); !ok || back != domain {
			t.Errorf("%+q has the twin %+q, which has %+q, %v", domain, twin, back, ok)
		}
	})
}
