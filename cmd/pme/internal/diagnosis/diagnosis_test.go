package diagnosis_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheWorstCounts(t *testing.T) {
	for name, c := range map[string]struct {
		statuses   []diagnosis.Finding
		worst      diagnosis.Status
		unanswered bool
	}{
		"nothing":          {nil, diagnosis.OK, false},
		"skipped":          {[]diagnosis.Finding{{Status: diagnosis.Skip}, {Status: diagnosis.OK}}, diagnosis.OK, false},
		"a warning":        {[]diagnosis.Finding{{Status: diagnosis.OK}, {Status: diagnosis.Warn}, {Status: diagnosis.Skip}}, diagnosis.Warn, false},
		"no answer":        {[]diagnosis.Finding{{Status: diagnosis.Fail, Unanswered: true}, {Status: diagnosis.Warn}}, diagnosis.Fail, true},
		"a failure and no": {[]diagnosis.Finding{{Status: diagnosis.Fail, Unanswered: true}, {Status: diagnosis.Fail}}, diagnosis.Fail, false},
	} {
		if worst, unanswered := diagnosis.Findings(c.statuses).Verdict(); worst != c.worst || unanswered != c.unanswered {
			t.Errorf("%s: %s %v", name, worst, unanswered)
		}
	}
}

func TestWaysToKnowPeopleAreAsked(t *testing.T) {
	var answers http.ServeMux
	answer := func(path string, status int, body string) {
		answers.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	host := httptest.NewServer(&answers)
	defer host.Close()
	answer("/good/.well-known/openid-configuration", 200, `{"issuer":"`+host.URL+`/good"}`)
	answer("/other/.well-known/openid-configuration", 200, `{"issuer":"https://other.example"}`)
	answer("/page/.well-known/openid-configuration", 200, `<html>`)
	answer("/keys", 200, `{"keys":[{}]}`)
	answer("/nokeys", 200, `{"keys":[]}`)
	answer("/401", 401, "")
	answer("/403", 403, "")
	answer("/204", 204, "")
	answer("/200", 200, `{"id":"admin"}`)
	answers.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/401", http.StatusFound) })
	gone := httptest.NewServer(&answers)
	gone.Close()
	for name, c := range map[string]struct {
		login      config.Login
		status     diagnosis.Status
		unanswered bool
	}{
		"a provider":               {config.Login{OIDC: &config.OIDC{Issuer: host.URL + "/good"}}, diagnosis.OK, false},
		"another issuer":           {config.Login{OIDC: &config.OIDC{Issuer: host.URL + "/other"}}, diagnosis.Fail, false},
		"another document":         {config.Login{Bearer: &config.Bearer{Issuer: host.URL + "/good", DiscoveryURL: host.URL + "/other/.well-known/openid-configuration"}}, diagnosis.Fail, false},
		"a page":                   {config.Login{Bearer: &config.Bearer{Issuer: host.URL + "/page"}}, diagnosis.Fail, false},
		"no document":              {config.Login{Bearer: &config.Bearer{Issuer: host.URL + "/nothing"}}, diagnosis.Fail, false},
		"no provider":              {config.Login{OIDC: &config.OIDC{Issuer: gone.URL}}, diagnosis.Fail, true},
		"keys":                     {config.Login{JWT: &config.JWT{JWKSURL: host.URL + "/keys"}}, diagnosis.OK, false},
		"no keys":                  {config.Login{JWT: &config.JWT{JWKSURL: host.URL + "/nokeys"}}, diagnosis.Fail, false},
		"a host":                   {config.Login{Whoami: &config.Whoami{URL: host.URL + "/401"}}, diagnosis.OK, false},
		"a host that forbids":      {config.Login{Whoami: &config.Whoami{URL: host.URL + "/403"}}, diagnosis.OK, false},
		"a host without an answer": {config.Login{Whoami: &config.Whoami{URL: host.URL + "/204"}}, diagnosis.OK, false},
		"a host for everybody":     {config.Login{Whoami: &config.Whoami{URL: host.URL + "/200"}}, diagnosis.Fail, false},
		"a host that redirects":    {config.Login{Whoami: &config.Whoami{URL: host.URL + "/moved"}}, diagnosis.Fail, false},
		"a host that is not there": {config.Login{Whoami: &config.Whoami{URL: gone.URL}}, diagnosis.Fail, true},
	} {
		found := diagnosis.Logins(t.Context(), c.login)
		if len(found) != 1 || found[0].Status != c.status || found[0].Unanswered != c.unanswered || (found[0].Remedy == "") != (c.status == diagnosis.OK) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestTheQueryOfAnAddressIsNotShown(t *testing.T) {
	host := httptest.NewServer(http.NotFoundHandler())
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	defer host.Close()
	for _, at := range []string{host.URL, gone.URL, "http://bad host"} {
		at += "/x?key=hidden"
		for _, f := range diagnosis.Logins(t.Context(), config.Login{
			OIDC: &config.OIDC{DiscoveryURL: at}, JWT: &config.JWT{JWKSURL: at}, Whoami: &config.Whoami{URL: at},
		}) {
			if f.Status != diagnosis.Fail || strings.Contains(f.Text+f.Remedy, "hidden") {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestRightsOfFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(path, []byte("x"), 0o600))
	for mode, want := range map[os.FileMode]diagnosis.Status{0o600: diagnosis.OK, 0o640: diagnosis.OK, 0o644: diagnosis.Warn, 0o602: diagnosis.Fail} {
		must(t, os.Chmod(path, mode))
		if f := diagnosis.SecretFile("files", path); f.Status != want {
			t.Errorf("%v: %+v", mode, f)
		}
	}
	if f := diagnosis.SecretFile("files", path+"x"); f.Status != diagnosis.Fail {
		t.Errorf("%+v", f)
	}
	must(t, os.Chmod(path, 0o644))
	if f := diagnosis.Changeable("list", path); f.Status != diagnosis.OK {
		t.Errorf("%+v", f)
	}
	must(t, os.Chmod(path, 0o666))
	if f := diagnosis.Changeable("list", path); f.Status != diagnosis.Fail {
		t.Errorf("%+v", f)
	}
	if f := diagnosis.Directory("audit", path); f.Status != diagnosis.Fail {
		t.Errorf("%+v", f)
	}
	if f := diagnosis.Directory("audit", t.TempDir()); f.Status == diagnosis.OK && !strings.Contains(f.Text, "room") {
		t.Errorf("%+v", f)
	}
}

func TestThePlaceOfAGateway(t *testing.T) {
	prefix := func(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }
	for name, c := range map[string]struct {
		cfg   config.Config
		worst diagnosis.Status
	}{
		"this machine":       {config.Config{}, diagnosis.OK},
		"behind a proxy":     {config.Config{BaseURL: "https://intranet.example.com", Proxies: prefix("10.0.0.1/32")}, diagnosis.OK},
		"no proxies":         {config.Config{BaseURL: "https://intranet.example.com"}, diagnosis.Warn},
		"everybody":          {config.Config{Proxies: prefix("0.0.0.0/0")}, diagnosis.Warn},
		"everybody, IPv6":    {config.Config{Proxies: prefix("::/0")}, diagnosis.Warn},
		"a wide header":      {config.Config{Login: config.Login{Headers: &config.Headers{Proxies: prefix("10.0.0.0/8")}}}, diagnosis.Warn},
		"headers, no secret": {config.Config{Addr: "0.0.0.0:80", Login: config.Login{Headers: &config.Headers{Proxies: prefix("10.0.0.1/32")}}}, diagnosis.Warn},
		"headers, a secret": {config.Config{Addr: "0.0.0.0:80", Login: config.Login{Headers: &config.Headers{
			Proxies: prefix("10.0.0.1/32"), Secret: config.SecretOf(secret.Fixed("a-secret-of-the-proxy")),
		}}}, diagnosis.OK},
	} {
		if worst, _ := diagnosis.Place(c.cfg).Verdict(); worst != c.worst {
			t.Errorf("%s: %+v", name, diagnosis.Place(c.cfg))
		}
	}
}

func TestAnSDKKeyIsNotTried(t *testing.T) {
	cfg := config.Config{BaseURL: "https://intranet.example.com"}
	if f := diagnosis.SDKKey(cfg); f.Status != diagnosis.OK {
		t.Errorf("without a key: %+v", f)
	}
	cfg.Matterport.SDKKey = config.SecretOf(secret.Fixed("the-sdk-key"))
	f := diagnosis.SDKKey(cfg)
	if f.Status != diagnosis.Skip || !strings.Contains(f.Text+f.Remedy, "intranet.example.com") || strings.Contains(f.Text+f.Remedy, "the-sdk-key") {
		t.Errorf("%+v", f)
	}
}

func account(t *testing.T, cfg matterporttest.Config) (*diagnosis.Account, *matterporttest.Running) {
	t.Helper()
	up := matterporttest.NewServer(t, cfg)
	a, err := diagnosis.OpenAccount(config.Matterport{
		ClientID: matterporttest.DefaultClientID, ClientSecret: config.SecretOf(secret.Fixed(matterporttest.DefaultClientSecret)), APIURL: up.URL,
	})
	must(t, err)
	t.Cleanup(a.Close)
	return a, up
}

func TestAClockThatIsOffIsFound(t *testing.T) {
	a, _ := account(t, matterporttest.Config{})
	if f := a.Clock(time.Now()); f.Status != diagnosis.Skip {
		t.Errorf("before an answer: %+v", f)
	}
	if f := a.Credentials(t.Context()); f.Status != diagnosis.OK {
		t.Fatalf("%+v", f)
	}
	for off, want := range map[time.Duration]diagnosis.Status{0: diagnosis.OK, time.Minute: diagnosis.Warn, -time.Minute: diagnosis.Warn} {
		if f := a.Clock(time.Now().Add(off)); f.Status != want {
			t.Errorf("%v: %+v", off, f)
		}
	}
}

func TestTroubleAtMatterportIsToldApart(t *testing.T) {
	a, up := account(t, matterporttest.Config{RefuseFolders: true})
	if f := a.Folders(t.Context(), false); f.Status != diagnosis.OK {
		t.Errorf("folders that are not needed: %+v", f)
	}
	if f := a.Folders(t.Context(), true); f.Status != diagnosis.Fail || f.Unanswered {
		t.Errorf("folders that are needed: %+v", f)
	}
	if f := a.Mint(t.Context(), ""); f.Status != diagnosis.OK {
		t.Errorf("%+v", f)
	}
	up.Fail("deletePrivateModelEmbedToken", matterporttest.HTML(503), -1)
	if f := a.Mint(t.Context(), ""); f.Status != diagnosis.Warn || !strings.Contains(f.Remedy, "minute") {
		t.Errorf("a token that stays: %+v", f)
	}
	for _, token := range up.LiveTokens() {
		if strings.Contains(a.Mint(t.Context(), "").Text, token.Value) || time.Until(token.ValidUntil) > 2*time.Minute {
			t.Error("the token is shown, or lives long")
		}
	}
	up.Fail("createPrivateModelEmbedLink", matterporttest.GraphQLError("request.unauthorized", 200), -1)
	if f := a.Mint(t.Context(), ""); f.Status != diagnosis.Fail || f.Unanswered || !strings.Contains(f.Remedy, "Private Model Embed") {
		t.Errorf("%+v", f)
	}
	none, _ := account(t, matterporttest.Config{Models: []matterporttest.Model{}})
	if f := none.Mint(t.Context(), ""); f.Status != diagnosis.Warn {
		t.Errorf("an account without spaces: %+v", f)
	}
}

func TestTheFirstModelOfAList(t *testing.T) {
	rules, err := review.List(access.List{
		{Users: []string{"zoe"}, Models: []string{"*", "yyHDFKzPzvN"}}, {Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo", "folder:Plant"}},
	})
	must(t, err)
	if model, folders := diagnosis.FirstModel(rules); model != "yyHDFKzPzvN" || !folders {
		t.Errorf("%s %v", model, folders)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
