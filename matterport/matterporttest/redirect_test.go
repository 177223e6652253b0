package matterporttest_test

import (
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestRedirectMatchesARegisteredOne(t *testing.T) {
	registered := []string{
		callback,
		"http://127.0.0.1:9000/cb",
		"http://intranet/cb?tenant=1",
		"::not an address",
	}
	for redirect, want := range map[string]bool{
		callback:                               true,
		callback + "?attempt=1":                true,
		callback + "?attempt=1&x=%26":          true,
		"http://127.0.0.1:9000/cb":             true,
		"http://intranet/cb?tenant=1":          true,
		"http://intranet/cb?x=2&tenant=1":      true,
		"http://intranet/cb":                   false,
		"http://intranet/cb?tenant=2":          false,
		"http://intranet/cb?tenant=1&tenant=2": false,
		"http://127.0.0.1:9001/cb":             false,
		"http://localhost:9000/cb":             false,

		"http://partner.example/connect/callback":                       false,
		"https://partner.example:8443/connect/callback":                 false,
		"https://evil.partner.example/connect/callback":                 false,
		"https://partner.example.evil.example/connect/callback":         false,
		"https://partner.example@evil.example/connect/callback":         false,
		"https://user@partner.example/connect/callback":                 false,
		"https://evil.example/connect/callback":                         false,
		"https://evil.example/https://partner.example/connect/callback": false,
		"https://evil.example\\@partner.example/connect/callback":       false,
		"https://partner.example/connect/callback/":                     false,
		"https://partner.example/connect/callback/../../evil":           false,
		"https://partner.example/connect/../connect/callback":           false,
		"https://partner.example/connect%2Fcallback":                    false,
		"https://partner.example/connect/callbac%6B":                    false,
		"https://partner.example/connect/callback2":                     false,
		"https://partner.example/Connect/callback":                      false,
		"https://partner.example//connect/callback":                     false,
		"https://partner.example/connect/callback#fragment":             false,
		"//partner.example/connect/callback":                            false,
		"/connect/callback":                                             false,
		"https:partner.example/connect/callback":                        false,
		"javascript:alert(1)//partner.example/connect/callback":         false,
		"https://partner.example/connect/callback\r\nX-Evil: 1":         false,
	} {
		cfg := partner()
		cfg.OAuth.RedirectURLs = registered
		address, err := matterporttest.New(cfg).Allow(authorizeURL(wish("redirect_uri", redirect)), owner)
		if got := err == nil; got != want {
			t.Errorf("%q: accepted %v, %v", redirect, got, err)
		}
		if want && !strings.HasPrefix(address, redirect) {
			t.Errorf("%q: sent to %s", redirect, address)
		}
	}
}

func TestTheOnlyRedirectNeedNotBeSent(t *testing.T) {
	s := matterporttest.New(partner())
	address, err := s.Allow(authorizeURL(wish("redirect_uri", "")), owner)
	if err != nil || !strings.HasPrefix(address, callback+"?code=") {
		t.Fatalf("sent to %q, %v", address, err)
	}
	code := returned(t, address).Get("code")
	refused(t, s, exchange(code), 400, "invalid_grant")
	tokens(t, s, exchange(code, "redirect_uri", ""))
}

func TestWithoutRegisteredRedirectsSafeOnesAreGood(t *testing.T) {
	for redirect, want := range map[string]bool{
		"https://anywhere.example/cb?x=1": true,
		"http://127.0.0.1:4711/cb":        true,
		"http://127.8.9.1/cb":             true,
		"http://[::1]:4711/cb":            true,
		"http://localhost:4711":           true,
		"http://anywhere.example/cb":      false,
		"http://10.0.0.1/cb":              false,
		"http://localhost.evil.example/":  false,
		"http://127.0.0.1.evil.example/":  false,
		"ftp://127.0.0.1/cb":              false,
		"https://":                        false,
		"https://x.example/#y":            false,
	} {
		_, err := matterporttest.New(account()).Allow(authorizeURL(wish("redirect_uri", redirect)), owner)
		if got := err == nil; got != want {
			t.Errorf("%q: accepted %v, %v", redirect, got, err)
		}
	}
}
