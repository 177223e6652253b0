package main

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// everywhere runs a test with each host behind each proxy.
func everywhere(t *testing.T, test func(t *testing.T, cfg config)) {
	t.Helper()
	for host := range commands {
		for _, proxy := range []string{"nginx", "caddy"} {
			t.Run(host+" behind "+proxy, func(t *testing.T) {
				t.Parallel()
				test(t, config{host: host, proxy: proxy})
			})
		}
	}
}

// From signed out to signed out, as a person goes.
func TestVisit(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, cfg config) {
		cfg.revokes = true
		s := startSite(t, cfg)
		v := newVisitor(t, s)
		v.want("signed out", http.StatusUnauthorized, `"login_url":"/login"`)(v.ask(http.MethodGet, token(office), nil, nil))
		page := v.do(t.Context(), http.MethodGet, "/pme/view/"+office, nil, http.Header{"Accept": {"text/html"}})
		_ = page.Body.Close()
		if to := page.Header.Get("Location"); page.StatusCode != http.StatusFound || to != "/login?next=%2Fpme%2Fview%2F"+office {
			t.Errorf("a page: %s to %q", page.Status, to)
		}
		back := v.do(t.Context(), http.MethodPost, "/login", url.Values{"user": {"alice"}, "password": {"demo"}, "next": {"/pme/view/" + office}}, nil)
		_ = back.Body.Close()
		if to := back.Header.Get("Location"); back.StatusCode != http.StatusSeeOther || to != "/pme/view/"+office {
			t.Errorf("signed in: %s to %q", back.Status, to)
		}
		for _, evil := range []string{"//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example"} {
			away := newVisitor(t, s).do(t.Context(), http.MethodPost, "/login", url.Values{"user": {"alice"}, "password": {"demo"}, "next": {evil}}, nil)
			_ = away.Body.Close()
			if to := away.Header.Get("Location"); to != "/" {
				t.Errorf("signed in for %q: to %q", evil, to)
			}
		}
		v.want("the view", http.StatusOK, `<pme-space model="`+office+`"`)(v.ask(http.MethodGet, "/pme/view/"+office, nil, nil))
		v.want("the host's page", http.StatusOK, `<pme-space model="`+office+`"`)(v.ask(http.MethodGet, "/", nil, nil))
		v.want("a token", http.StatusOK, `"access_token":"`)(v.ask(http.MethodGet, token(office), nil, nil))
		v.want("a space of another group", http.StatusForbidden, "access_denied")(v.ask(http.MethodGet, token(laboratory), nil, nil))
		v.want("who it is is not for browsers", http.StatusNotFound, "")(v.ask(http.MethodGet, "/whoami", nil, nil))

		bob := newVisitor(t, s)
		bob.signIn("bob")
		bob.want("bob at his", http.StatusOK, `"access_token":"`)(bob.ask(http.MethodGet, token(laboratory), nil, nil))
		bob.want("bob at alice's", http.StatusForbidden, "access_denied")(bob.ask(http.MethodGet, token(office), nil, nil))

		events, ofBob := v.watch(office), bob.watch(laboratory)
		at, err := url.Parse(s.url)
		if err != nil {
			t.Fatal(err)
		}
		cookies := v.Jar.Cookies(at)
		v.want("signs out", http.StatusSeeOther, "")(v.ask(http.MethodPost, "/logout", url.Values{}, nil))
		if e := v.next(events, 10*time.Second); e.Name != "refused" || e.Error != "login_required" {
			t.Errorf("her other tab is told %+v", e)
		}
		select {
		case e := <-ofBob:
			t.Errorf("bob is told %+v", e)
		default:
		}
		v.Jar.SetCookies(at, cookies) // a session that is in the cookie alone would go on
		v.want("a copy of her cookie", http.StatusUnauthorized, "login_required")(v.ask(http.MethodGet, token(office), nil, nil))
	})
}

// A host that signs tokens is not asked. Once its user is revoked, earlier tokens are refused, and the page gets none.
func TestHostThatSignsTokens(t *testing.T) {
	t.Parallel()
	s := startSite(t, config{host: "node", proxy: "nginx", jwt: true, revokes: true})
	v, bob := newVisitor(t, s), newVisitor(t, s)
	v.want("signed out", http.StatusUnauthorized, `"login_url":"/login"`)(v.ask(http.MethodGet, token(office), nil, nil))
	v.want("nothing to renew", http.StatusUnauthorized, "")(v.ask(http.MethodPost, "/renew", nil, nil))
	v.signIn("alice")
	bob.signIn("bob")
	v.want("a token", http.StatusOK, `"access_token":"`)(v.ask(http.MethodGet, token(office), nil, nil))
	bob.want("bob at alice's", http.StatusForbidden, "access_denied")(bob.ask(http.MethodGet, token(office), nil, nil))
	v.want("renewed", http.StatusNoContent, "")(v.ask(http.MethodPost, "/renew", nil, nil))
	v.want("the same session", http.StatusOK, `"access_token":"`)(v.ask(http.MethodGet, token(office), nil, nil))
	events := v.watch(office)
	v.want("signs out", http.StatusSeeOther, "")(v.ask(http.MethodPost, "/logout", url.Values{}, nil))
	if e := v.next(events, 10*time.Second); e.Name != "refused" || e.Error != "login_required" {
		t.Errorf("her other tab is told %+v", e)
	}
	v.want("it asks all the same", http.StatusUnauthorized, "login_required")(v.ask(http.MethodGet, token(office), nil, nil))
}

// A host that does not run pme revoke: the gateway learns of the sign-out by itself, within the time that it remembers answers and
// that streams take to look again.
func TestForgetfulHost(t *testing.T) {
	t.Parallel()
	v := newVisitor(t, startSite(t, config{host: "node", proxy: "nginx"}))
	v.signIn("alice")
	v.want("a token", http.StatusOK, `"access_token":"`)(v.ask(http.MethodGet, token(office), nil, nil))
	events := v.watch(office)
	v.want("signs out", http.StatusSeeOther, "")(v.ask(http.MethodPost, "/logout", url.Values{}, nil))
	if e := v.next(events, 40*time.Second); e.Name != "refused" || e.Error != "login_required" {
		t.Errorf("her tab is told %+v", e)
	}
}

// Events come when they happen, not when a buffer of the proxy is full.
func TestEventsAreNotBuffered(t *testing.T) {
	t.Parallel()
	for _, proxy := range []string{"nginx", "caddy"} {
		t.Run(proxy, func(t *testing.T) {
			t.Parallel()
			v := newVisitor(t, startSite(t, config{host: "python", proxy: proxy}))
			v.signIn("alice")
			v.want("a token", http.StatusOK, `"access_token":"`)(v.ask(http.MethodGet, token(office), nil, nil))
			events := v.watch(office)
			v.want("revokes", http.StatusOK, `"revoked":1`)(v.ask(http.MethodPost, "/pme/revoke", nil, http.Header{"Origin": {v.site.url}}))
			if e := v.next(events, 10*time.Second); e.Name != "renew" || e.Model != office {
				t.Errorf("told %+v", e)
			}
		})
	}
}

// The ten lines of each host are shown in the documents as they are, and so are the recipes.
func TestDocumentsShowWhatIsTested(t *testing.T) {
	t.Parallel()
	shown := map[string][]string{
		"README.md":             {"node/server.js", "python/server.py", "php/index.php"},
		"../../docs/gateway.md": {"php/index.php", "nginx/gateway.conf", "nginx/host.conf", "nginx/php.conf", "nginx/whoami.conf", "nginx/forwarded.conf", "caddy/Caddyfile", "pme.yaml"},
	}
	for doc, files := range shown {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			lines := string(content)
			if _, rest, ok := strings.Cut(lines, "--- what pme asks: ten lines ---\n"); ok {
				lines, _, _ = strings.Cut(rest, "--- end ---")
				lines = lines[:strings.LastIndexByte(lines, '\n')+1]
			}
			if !strings.Contains(unindented(string(text)), "\n"+unindented(lines)) {
				t.Errorf("%s does not show this of %s:\n%s", doc, name, lines)
			}
		}
	}
}

// unindented takes off what lines begin with: a document may indent them.
func unindented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimLeft(line, " \t"))
	}
	return out.String()
}
