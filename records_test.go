package pme_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

// records are the records of a JSON log at info level and above.
type records []map[string]any

// logged asks with a handler that is mounted below a prefix, and returns the log of that, without the record of its start.
func logged(t *testing.T, change func(*pme.Config, *matterporttest.Running), user identity.User, path string) (int, records) {
	t.Helper()
	var log logtest.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) { return user, nil }), middleware.Config{Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	cfg := pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL, HTTPClient: up.Client(),
		Authenticate: gate, Logger: logger,
		Access: access.List{{Groups: []string{"facilities", "security"}, Users: []string{"alice"}, Models: []string{office}}},
	}
	change(&cfg, up)
	h, err := pme.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	mux := http.NewServeMux()
	mux.Handle("/portal/pme/", http.StripPrefix("/portal/pme", h))
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/portal/pme/"+path, nil))
	var all records
	for line := range strings.Lines(log.String()) {
		var r map[string]any
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		if r["msg"] != "configured" {
			all = append(all, r)
		}
	}
	return w.Code, all
}

// warnings returns the records above info level.
func (all records) warnings() (found records) {
	for _, r := range all {
		if r["level"] != "INFO" {
			found = append(found, r)
		}
	}
	return found
}

// find returns the one record with that message.
func (all records) find(t *testing.T, msg string) map[string]any {
	t.Helper()
	var found []map[string]any
	for _, r := range all {
		if r["msg"] == msg {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d records %q, want one: %v", len(found), msg, all)
	}
	return found[0]
}

func unchanged(*pme.Config, *matterporttest.Running) {}

func TestLogSaysWhoOpenedWhat(t *testing.T) {
	code, log := logged(t, unchanged, identity.User{ID: "alice"}, "token?modelId="+office)
	grant := log.find(t, "token granted")
	want := map[string]any{
		"user": "alice", "models": office, "reason": "rule", "detail": `rule 1: user "alice"`, "client": "192.0.2.1", "method": "GET", "path": "/portal/pme/token",
	}
	for key, value := range want {
		if grant[key] != value {
			t.Errorf("%s is %v, want %v", key, grant[key], value)
		}
	}
	if code != http.StatusOK || len(log.warnings()) != 0 {
		t.Errorf("%d, %v", code, log)
	}
	for _, r := range log { // nanoseconds would be a number without a unit
		for key, value := range r {
			if n, ok := value.(float64); ok && n > 1e6 {
				t.Errorf("%s is %v", key, n)
			}
		}
	}
	if life := log.find(t, "matterport application token renewed")["life"]; fmt.Sprint(life) != "59m59s" && fmt.Sprint(life) != "1h0m0s" {
		t.Errorf("the life is %v", life)
	}
}

func TestLogSaysWhyBobWasRefused(t *testing.T) {
	bob := identity.User{ID: "bob", Groups: []string{"staff", "Security", "a,b"}}
	for name, test := range map[string]struct {
		user   identity.User
		change func(*pme.Config, *matterporttest.Running)
		path   string
		detail []string
		groups string
	}{
		"near miss": {bob, unchanged, "token?modelId=" + office, []string{"no rule allows " + office, `would match if the group "Security" were spelled "security" (letter case)`}, `staff, Security, "a,b"`},
		"page":      {bob, unchanged, "view/" + office, []string{`the group "Security" were spelled "security"`}, `staff, Security, "a,b"`},
		"other groups": {
			identity.User{ID: "bob", Groups: []string{"staff"}},
			unchanged, "token?modelId=" + office,
			[]string{"no rule allows " + office + ` to this user; it is allowed to users "alice", groups "facilities", "security" (rule 1)`},
			"staff",
		},
		"no groups": {identity.User{ID: "bob"}, unchanged, "token?modelId=" + office, []string{`groups "facilities", "security"`}, ""},
		"function": {bob, func(c *pme.Config, _ *matterporttest.Running) {
			c.Access = access.Func(func(context.Context, *identity.User, string) (bool, error) { return false, nil })
		}, "token?modelId=" + office, nil, `staff, Security, "a,b"`},
	} {
		code, log := logged(t, test.change, test.user, test.path)
		denied := log.find(t, "token denied")
		groups, _ := denied["groups"].(string)
		if code != http.StatusForbidden || denied["user"] != "bob" || groups != test.groups || denied["path"] != "/portal/pme/"+strings.Split(test.path, "?")[0] {
			t.Errorf("%s: %d, %v", name, code, denied)
		}
		for _, want := range test.detail {
			if !strings.Contains(fmt.Sprint(denied["detail"]), want) {
				t.Errorf("%s: the detail is %v, want %s", name, denied["detail"], want)
			}
		}
		if len(log) != 1 {
			t.Errorf("%s: %d records: %v", name, len(log), log)
		}
	}
}

func TestLogSaysWhyAGalleryIsEmpty(t *testing.T) {
	code, log := logged(t, unchanged, identity.User{ID: "bob", Groups: []string{"Facilities"}}, "")
	empty := log.find(t, "no spaces to list: the policy names none for the user")
	if code != http.StatusOK || empty["user"] != "bob" || empty["first_groups"] != `["Facilities"]` {
		t.Errorf("%d, %v", code, empty)
	}
}

// failingTokens is a store of tokens that fails.
type failingTokens struct{ store.Store }

func (failingTokens) Mark() store.Mark { return "" }

func (failingTokens) Get(context.Context, store.Key, store.Mark) (*store.Entry, error) {
	return nil, errDown
}

func TestOneFailureIsOneRecord(t *testing.T) {
	alice := identity.User{ID: "alice"}
	for name, test := range map[string]struct {
		path   string
		change func(*pme.Config, *matterporttest.Running)
		msg    string
	}{
		"token, Matterport away": {"token?modelId=" + office, func(c *pme.Config, _ *matterporttest.Running) { c.HTTPClient = &http.Client{Transport: down{}} }, "token withheld"},
		"link, Matterport away":  {"link?modelId=" + office, func(c *pme.Config, _ *matterporttest.Running) { c.HTTPClient = &http.Client{Transport: down{}} }, "token withheld"},
		"token, wrong secret":    {"token?modelId=" + office, func(c *pme.Config, _ *matterporttest.Running) { c.ClientSecret = "wrong" }, "token withheld"},
		"token, Matterport fails": {"token?modelId=" + office, func(_ *pme.Config, up *matterporttest.Running) {
			up.Fail("createPrivateModelEmbedLink", matterporttest.Status(503, ""), 10)
		}, "token withheld"},
		"token, second attempt works": {"token?modelId=" + office, func(_ *pme.Config, up *matterporttest.Running) {
			up.Fail("createPrivateModelEmbedLink", matterporttest.Status(503, ""), 1)
		}, "matterport call had to be repeated"},
		"gallery, Matterport away": {"", func(c *pme.Config, _ *matterporttest.Running) { c.HTTPClient = &http.Client{Transport: down{}} }, "models not listed"},
		"models, wrong secret":     {"models", func(c *pme.Config, _ *matterporttest.Running) { c.ClientSecret = "wrong" }, "models not listed"},
		"token, policy fails": {"token?modelId=" + office, func(c *pme.Config, _ *matterporttest.Running) {
			c.Access = access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, errDown })
		}, "token withheld"},
		"view, policy fails": {"view/" + office, func(c *pme.Config, _ *matterporttest.Running) {
			c.Access = access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, errDown })
		}, "token withheld"},
		"token, store fails": {"token?modelId=" + office, func(c *pme.Config, _ *matterporttest.Running) { c.Store = failingTokens{} }, "token withheld"},
	} {
		_, log := logged(t, test.change, alice, test.path)
		found := log.warnings()
		if len(found) != 1 || found[0]["msg"] != test.msg {
			t.Errorf("%s: %d records, want one %q: %v", name, len(found), test.msg, found)
		}
	}
}
