package mistakes_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
)

// Mistake 5: no policy, and no gate.
func TestNoPolicyAndNoGate(t *testing.T) {
	message := configured(t, func(c *pme.Config) { c.Access, c.Authenticate = nil, nil })
	want(t, message, "pme: Access is missing: say who may see what, for example by an access.List", "pme: Authenticate is missing: give a gate")
}

// Mistake 6: what is no model ID in a list.
func TestBadModelID(t *testing.T) {
	message := configured(t, func(c *pme.Config) {
		c.Access = access.List{{Users: []string{"alice"}, Models: []string{"https://my.matterport.com/show/?m=" + office}}}
	})
	want(t, message, "access: rule 1: model", "is not a model ID: 11 letters and digits", office)
}

// Mistake 7: a model of another account.
func TestModelOfAnotherAccount(t *testing.T) {
	p := newPortal(t)
	p.cfg.Access = access.List{{Users: []string{"alice"}, Models: []string{"AnotherOne1"}}}
	site := p.site(t)
	client := browser(t, site)
	open(t, client, site.URL+"/login?user=alice&next=/pme/")
	status, body := get(t, client, site.URL+"/pme/token?modelId=AnotherOne1", "application/json")
	if status != http.StatusNotFound {
		t.Errorf("status %d", status)
	}
	want(t, body, `"error":"model_not_found"`)
	want(t, p.log.String(), "level=WARN", "token withheld", "AnotherOne1", "does not exist or is not accessible")
}

// Mistake 8: no client secret, or one with a line break.
func TestClientSecretIsMissingOrHasALineBreak(t *testing.T) {
	want(t, configured(t, func(c *pme.Config) { c.ClientSecret = "" }), "ClientSecret")
	message := configured(t, func(c *pme.Config) { c.ClientSecret = "my-secret\n" })
	want(t, message, "ClientSecret", "line")
	if strings.Contains(message, "my-secret") {
		t.Errorf("the message contains the secret: %s", message)
	}
}

// Mistake 9: a wrong client secret. What the visitor sees is in the browser tests.
func TestWrongClientSecret(t *testing.T) {
	p := newPortal(t)
	p.cfg.ClientSecret = "wrong"
	site := p.site(t)
	client := browser(t, site)
	open(t, client, site.URL+"/login?user=alice&next=/")
	_, body := get(t, client, site.URL+"/pme/token?modelId="+office, "application/json")
	want(t, body, `"error":"upstream_error"`, "Please tell the people who run this site.")
	want(t, p.log.String(), "level=WARN", "token withheld", "check the client ID and the client secret")
}

// Mistake 10: times that the SDK cannot work with.
func TestTokensThatLiveTooShort(t *testing.T) {
	message := configured(t, func(c *pme.Config) { c.ValidFor = time.Minute })
	want(t, message, "ValidFor is 1m0s", "the Showcase SDK refreshes 1m0s before expiry, so ask for at least 2m30s")
}

// Mistake 14: a wrong group name. The log says which groups the user has, and which would be let in.
func TestWrongGroupName(t *testing.T) {
	p := newPortal(t)
	p.cfg.Access = access.List{{Groups: []string{"Facilities"}, Models: []string{office}}}
	site := p.site(t)
	client := browser(t, site)
	open(t, client, site.URL+"/login?user=alice&next=/")
	if status, _ := get(t, client, site.URL+"/pme/token?modelId="+office, "application/json"); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
	want(t, p.log.String(), "token denied", "user=alice", `groups \"Facilities\" (rule 1)`)
	open(t, client, site.URL+"/pme/")
	want(t, p.log.String(), "no spaces to list: the policy names none for the user")
}

// Mistake 15: an allow-list with faults.
func TestFaultyAllowList(t *testing.T) {
	file := filepath.Join(t.TempDir(), "allow.yaml")
	text := "rules:\n  - group: staff\n    models: ['*']\n  - users: [007]\n    models: [short]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := access.OpenFile(file, access.FileOptions{})
	if err == nil {
		t.Fatal("no error")
	}
	want(t, err.Error(), "allow.yaml:2", `"group"`, "groups", "allow.yaml:4", "007", "allow.yaml:5", "11 letters and digits")
}

// Mistake 16: a wrong environment.
func TestWrongEnvironment(t *testing.T) {
	values := map[string]string{"MATTERPORT_CLIENT_SECRET": " my-secret", "PME_VALID_FOR": "ten"}
	_, err := pme.ConfigFromEnv(func(name string) (string, bool) { value, ok := values[name]; return value, ok })
	if err == nil {
		t.Fatal("no error")
	}
	want(t, err.Error(), "MATTERPORT_CLIENT_ID", "MATTERPORT_CLIENT_SECRET", "PME_VALID_FOR", "10m")
	if strings.Contains(err.Error(), "my-secret") {
		t.Errorf("the message contains the secret: %v", err)
	}
}
