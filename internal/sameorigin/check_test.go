package sameorigin_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/outside"
	"github.com/go-pme/pme/internal/sameorigin"
)

const (
	own  = "https://intranet.example.com"
	evil = "https://evil.example.com"
)

func TestOwnPagesAreKnownBehindAProxyThatRewritesHost(t *testing.T) {
	byAddress, byHost := sameorigin.New(own+"/apps/pme/connect/callback"), sameorigin.New("")
	said := outside.NewContext(t.Context(), outside.Address{Origin: own})
	for _, tc := range []struct {
		host, from, site        string
		host1, address, context bool // who lets it pass: a check of Host alone, one with an address, one in said
	}{
		{"intranet.example.com", own, "", true, true, true},
		{"intranet.example.com", "http://intranet.example.com", "", true, true, true}, // as the standard library has it
		{"backend:8080", own, "", false, true, true},
		{"backend:8080", own, "same-origin", true, true, true},
		{"backend:8080", own, "none", true, true, true},
		{"backend:8080", own, "cross-site", false, false, false},
		{"backend:8080", own, "same-site", false, false, false},
		{"backend:8080", evil, "", false, false, false},
		{"backend:8080", "", "", true, true, true}, // not sent by a page
		{"backend:8080", "null", "", false, false, false},
		{"backend:8080", "http://intranet.example.com", "", false, false, false},
		{"backend:8080", own + ":8443", "", false, false, false},
		{"backend:8080", own + ".evil.example.com", "", false, false, false},
		{"backend:8080", own + "/", "", false, false, false},
		{"backend:8080", "HTTPS://INTRANET.EXAMPLE.COM", "", false, false, false}, // no browser writes it so
		{"backend:8080", evil + ", " + own, "", false, false, false},
	} {
		ask := func(ctx context.Context, c *sameorigin.Check) bool {
			r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", nil)
			r.Host = tc.host
			r.Header.Set("Origin", tc.from)
			r.Header.Set("Sec-Fetch-Site", tc.site)
			err := c.Check(r)
			if err != nil && !errors.Is(err, sameorigin.ErrForeign) {
				t.Errorf("%+v: %v", tc, err)
			}
			return err == nil
		}
		if got := ask(t.Context(), byHost); got != tc.host1 {
			t.Errorf("%+v by Host: %v", tc, got)
		}
		if got := ask(t.Context(), byAddress); got != tc.address {
			t.Errorf("%+v by an address: %v", tc, got)
		}
		if got := ask(said, byHost); got != tc.context {
			t.Errorf("%+v by the host's word: %v", tc, got)
		}
	}
}

func TestTwoOriginsAreNotOneOfThem(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	r.Host = "backend"
	r.Header["Origin"] = []string{own, evil}
	if sameorigin.New(own).Check(r) == nil {
		t.Error("passes")
	}
}

func TestErrorSaysWhatWasSeenAndWhatToSet(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	r.Host = "backend:8080"
	r.Header.Set("Origin", own)
	text := sameorigin.New("").Check(r).Error()
	for _, want := range []string{`Origin "` + own + `"`, `Host "backend:8080"`, "BaseURL", "middleware.ProxyConfig"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s: no %s", text, want)
		}
	}
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if text := sameorigin.New("").Check(r).Error(); strings.Contains(text, "BaseURL") || !strings.Contains(text, `"cross-site"`) {
		t.Error(text) // no setting helps
	}
	r.Header.Set("Origin", strings.Repeat("\n", 5000))
	if text := sameorigin.New("").Check(r).Error(); len(text) > 1000 || strings.Contains(text, "\n") {
		t.Errorf("%d bytes: %.200s", len(text), text)
	}
}
