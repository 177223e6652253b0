package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// forged are headers by which browsers could say who they are, or where they have been.
var forged = map[string]string{
	"X-Forwarded-User": "alice", "X-Forwarded-Groups": "facilities", "X-Forwarded-Email": "alice@example.com", "X-Forwarded-Preferred-Username": "alice",
	"X-Auth-Request-User": "alice", "X-Auth-Request-Groups": "facilities", "Remote-User": "alice", "Remote-Groups": "facilities",
	"X-Forwarded-Prefix": "/livez", "X-Forwarded-Uri": "/livez", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http",
	"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1;host=evil.example;proto=http", "X-Original-Url": "/livez", "X-Rewrite-Url": "/livez",
}

// spellings are the ways to write a header.
var spellings = map[string]func(name, value string) http.Header{
	"as usual": func(name, value string) http.Header { return http.Header{name: {value}} },
	"doubled":  func(name, value string) http.Header { return http.Header{name: {value, value}} },
	"in two cases": func(name, value string) http.Header {
		return http.Header{name: {value}, strings.ToUpper(name): {value}}
	},
	"lower case":       func(name, value string) http.Header { return http.Header{strings.ToLower(name): {value}} },
	"with underscores": func(name, value string) http.Header { return http.Header{strings.ReplaceAll(name, "-", "_"): {value}} },
	"underscores, lower case": func(name, value string) http.Header {
		return http.Header{strings.ToLower(strings.ReplaceAll(name, "-", "_")): {value}}
	},
	"as one of the connection": func(name, value string) http.Header {
		return http.Header{name: {value}, "Connection": {"close, " + name}}
	},
}

// Whatever headers a browser invents, it is who its session says, and may see what that person may. The gateway of this test also
// believes X-Forwarded-User and X-Forwarded-Groups of the proxy: the recipes must not let them through.
//
// See CVE-2026-40575 and issue 3506 of oauth2-proxy, Caddy's GHSA-7r4p-vjf4-gxv4 and Traefik's CVE-2026-35051.
func TestForgedHeaders(t *testing.T) {
	t.Parallel()
	for proxy, host := range map[string]string{"nginx": "python", "caddy": "php"} {
		t.Run(host+" behind "+proxy, func(t *testing.T) {
			t.Parallel()
			s := startSite(t, config{host: host, proxy: proxy, headers: true})
			nobody, bob := newVisitor(t, s), newVisitor(t, s)
			bob.signIn("bob")
			for how, spell := range spellings {
				all := make(http.Header)
				for name, value := range forged {
					h := spell(name, value)
					nobody.want("nobody with "+name+" "+how, http.StatusUnauthorized, "login_required")(nobody.ask(http.MethodGet, token(office), nil, h))
					maps.Copy(all, h)
				}
				bob.want("bob with all "+how, http.StatusForbidden, "access_denied")(bob.ask(http.MethodGet, token(office), nil, all))
				bob.want("bob at his with all "+how, http.StatusOK, `"access_token":"`)(bob.ask(http.MethodGet, token(laboratory), nil, all))
				nobody.want("the host with all "+how, http.StatusSeeOther, "")(nobody.ask(http.MethodGet, "/", nil, all))
			}
			for name := range forged { // a proxy that was told to drop the cookie has dropped the session
				h := http.Header{name: {forged[name]}, "Connection": {"close, Cookie"}}
				if status, body := bob.ask(http.MethodGet, token(office), nil, h); status != http.StatusUnauthorized && status != http.StatusForbidden {
					t.Errorf("bob with %v: %d %.200s", h, status, body)
				}
			}
		})
	}
}

// A gateway that other machines may reach believes no header without the list of proxies: it does not start.
func TestNoListIsNotEveryone(t *testing.T) {
	t.Parallel()
	path, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	gateway := exec.CommandContext(t.Context(), path, "serve", "-config", "pme.yaml", "-addr", "127.0.0.1:0", "-login.headers.user", "X-Forwarded-User")
	gateway.Env = []string{"MATTERPORT_CLIENT_ID=id", "MATTERPORT_CLIENT_SECRET=secret-of-the-test", "PATH=" + os.Getenv("PATH")}
	out, err := gateway.CombinedOutput()
	if !strings.Contains(string(out), "login.headers.proxies") || gateway.ProcessState.ExitCode() != 2 {
		t.Errorf("%v: %s", err, out)
	}
}

// A page of another site cannot revoke anything, whatever it says about the host.
func TestOtherSitesStayOthers(t *testing.T) {
	t.Parallel()
	for _, proxy := range []string{"nginx", "caddy"} {
		t.Run(proxy, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, startSite(t, config{host: "python", proxy: proxy}))
			v.signIn("alice")
			for _, h := range []http.Header{
				{"Origin": {"https://evil.example"}},
				{"Origin": {"https://evil.example"}, "X-Forwarded-Host": {"evil.example"}},
				{"Origin": {"https://evil.example"}, "X-Forwarded-Host": {"evil.example"}, "Forwarded": {"host=evil.example"}},
				{"Sec-Fetch-Site": {"cross-site"}},
			} {
				v.want(fmt.Sprint(h), http.StatusForbidden, "cross_origin")(v.ask(http.MethodPost, "/pme/revoke", nil, h))
			}
			v.want("its own", http.StatusOK, `"revoked":`)(v.ask(http.MethodPost, "/pme/revoke", nil, http.Header{"Origin": {v.site.url}}))
		})
	}
}
