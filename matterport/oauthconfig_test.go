package matterport_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func TestNewOAuthAppReportsAllProblemsAtOnce(t *testing.T) {
	_, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		Scopes:          []matterport.Scope{"a b"},
		AccessTokenLife: time.Second,
		AuthorizeURL:    "ftp://x",
		SelectorURL:     "ftp://x",
		BaseURL:         "ftp://x",
		MaxAttempts:     -1,
		AttemptTimeout:  -time.Second,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{
		"ClientID is required", "ClientSecret is required", "RedirectURL is required", "Scopes[0]", "AccessTokenLife",
		"AuthorizeURL", "SelectorURL", "BaseURL", "MaxAttempts", "AttemptTimeout",
	} {
		if !strings.Contains(err.Error(), "matterport: OAuthConfig."+field) {
			t.Errorf("%q does not mention %s", err, field)
		}
	}
}

func TestOAuthConfigIsChecked(t *testing.T) {
	type config = matterport.OAuthConfig
	redirect := func(to string) func(*config) { return func(cfg *config) { cfg.RedirectURL = to } }
	scopes := func(list ...matterport.Scope) func(*config) { return func(cfg *config) { cfg.Scopes = list } }
	life := func(d time.Duration) func(*config) { return func(cfg *config) { cfg.AccessTokenLife = d } }

	for name, tc := range map[string]struct {
		change func(*config)
		want   string // the one problem; empty: none
	}{
		"required fields only": {func(*config) {}, ""},

		"redirect with a query":         {redirect("https://example.com/cb?tenant=7&x=a%20b"), ""},
		"redirect to loopback":          {redirect("http://127.0.0.1:8080/cb"), ""},
		"redirect to localhost":         {redirect("http://localhost/cb"), ""},
		"redirect to IPv6 loopback":     {redirect("http://[::1]:8080/cb"), ""},
		"redirect without TLS":          {redirect("http://example.com/cb"), "RedirectURL must be https: the authorization code arrives there"},
		"redirect to a private network": {redirect("http://10.0.0.1/cb"), "RedirectURL must be https"},
		"redirect to a path":            {redirect("/pme/connect/callback"), "RedirectURL must be an absolute https URL"},
		"redirect without a scheme":     {redirect("//example.com/cb"), "RedirectURL must be an absolute https URL"},
		"redirect to an app":            {redirect("myapp://cb"), "RedirectURL must be an absolute https URL"},
		"redirect without a host":       {redirect("https:///cb"), "RedirectURL must be an absolute https URL"},
		"redirect, unreadable":          {redirect("https://hush example.com"), "RedirectURL must be an absolute https URL"},
		"redirect with a user":          {redirect("https://hush:hush@example.com/cb"), "RedirectURL must have no user and no fragment"},
		"redirect with a fragment":      {redirect("https://example.com/cb#hush"), "RedirectURL must have no user and no fragment"},
		"redirect with an empty one":    {redirect("https://example.com/cb#"), "RedirectURL must have no user and no fragment"},
		"redirect with a space":         {redirect("https://example.com/cb "), "RedirectURL contains white space"},
		"redirect with a bad query":     {redirect("https://example.com/cb?a=%zz"), "RedirectURL has a query that cannot be read"},
		"redirect with attempt":         {redirect("https://example.com/cb?x=1&attempt=hush"), "RedirectURL must not have the parameter attempt,"},
		"redirect with attempt, empty":  {redirect("https://example.com/cb?attempt"), "RedirectURL must not have the parameter attempt,"},
		"redirect with attempt, hidden": {redirect("https://example.com/cb?%61ttempt=1"), "RedirectURL must not have the parameter attempt,"},
		"redirect with code":            {redirect("https://example.com/cb?code=hush"), "RedirectURL must not have the parameter code,"},
		"redirect with state":           {redirect("https://example.com/cb?state=hush"), "RedirectURL must not have the parameter state,"},
		"redirect with error":           {redirect("https://example.com/cb?error=hush"), "RedirectURL must not have the parameter error,"},
		"redirect with a description":   {redirect("https://example.com/cb?error_description=x"), "RedirectURL must not have the parameter error_description,"},

		"a new scope":        {scopes("ViewDetails", "View.More:2"), ""},
		"no scope":           {scopes(), "Scopes must name at least one scope, such as ViewDetails"},
		"an empty scope":     {scopes("ViewDetails", ""), "Scopes[1] is not the name of one scope"},
		"two scopes in one":  {scopes("ViewDetails EditDetails"), "Scopes[0] is not the name of one scope"},
		"a list in one":      {scopes("ViewDetails,EditDetails"), "Scopes[0] is not the name of one scope"},
		"a quoted scope":     {scopes(`"ViewDetails"`), "Scopes[0] is not the name of one scope"},
		"a scope with \\":    {scopes(`View\Details`), "Scopes[0] is not the name of one scope"},
		"a foreign letter":   {scopes("ViewDétails"), "Scopes[0] is not the name of one scope"},
		"a scope with DEL":   {scopes("ViewDetails\x7f"), "Scopes[0] is not the name of one scope"},
		"a line's end":       {scopes("ViewDetails\n"), "Scopes[0] is not the name of one scope"},
		"a scope twice":      {scopes("ViewDetails", "EditDetails", "ViewDetails"), "Scopes[2] was named before"},
		"all known scopes":   {scopes("ViewPublic", "ViewDetails", "EditDetails", "DownloadAssets", "PurchaseAssets"), ""},
		"the shortest life":  {life(150 * time.Second), ""},
		"the longest life":   {life(24 * time.Hour), ""},
		"too short a life":   {life(149 * time.Second), "AccessTokenLife must be 2m30s to 24h0m0s, or zero"},
		"too long a life":    {life(24*time.Hour + time.Second), "AccessTokenLife must be 2m30s to 24h0m0s, or zero"},
		"a negative life":    {life(-time.Hour), "AccessTokenLife must be 2m30s to 24h0m0s, or zero"},
		"half a second more": {life(time.Hour + time.Second/2), "AccessTokenLife must be whole seconds"},

		"pages on loopback":          {func(cfg *config) { cfg.AuthorizeURL, cfg.SelectorURL = "http://127.0.0.1:1/a?b=c", "http://[::1]/s" }, ""},
		"authorize without TLS":      {func(cfg *config) { cfg.AuthorizeURL = "http://example.com/" }, "AuthorizeURL must be https: people sign in"},
		"authorize with a fragment":  {func(cfg *config) { cfg.AuthorizeURL = "https://example.com/#hush" }, "AuthorizeURL must have no user and no fragment"},
		"authorize is a path":        {func(cfg *config) { cfg.AuthorizeURL = "/oauth/authorize" }, "AuthorizeURL must be an absolute https URL"},
		"selector without TLS":       {func(cfg *config) { cfg.SelectorURL = "http://example.com/" }, "SelectorURL must be https: access tokens"},
		"selector with a fragment":   {func(cfg *config) { cfg.SelectorURL = "https://example.com/#hush" }, "SelectorURL must have no user and no fragment"},
		"selector is a path":         {func(cfg *config) { cfg.SelectorURL = "model-select" }, "SelectorURL must be an absolute https URL"},
		"base URL without TLS":       {func(cfg *config) { cfg.BaseURL = "http://example.com" }, "BaseURL must be https: the client secret"},
		"base URL with a query":      {func(cfg *config) { cfg.BaseURL = "https://example.com?hush" }, "BaseURL must have no query"},
		"secret with its line's end": {func(cfg *config) { cfg.ClientSecret = "hush\n" }, "ClientSecret contains white space"},
		"client ID with a space":     {func(cfg *config) { cfg.ClientID = " hush" }, "ClientID contains white space"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := goodOAuthConfig()
			tc.change(&cfg)
			app, err := matterport.NewOAuthApp(cfg)
			if tc.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if err := app.Close(); err != nil {
					t.Error(err)
				}
				return
			}
			if app != nil || err == nil {
				t.Fatalf("got %v, %v; want %s", app, err, tc.want)
			}
			if text := err.Error(); !strings.HasPrefix(text, "matterport: OAuthConfig."+tc.want) || strings.Contains(text, "\n") || strings.Contains(text, "hush") {
				t.Errorf("error is %q; want only that %s", text, tc.want)
			}
		})
	}
}

func TestOAuthAppTellsItsConfiguration(t *testing.T) {
	type told struct {
		Scopes                            []matterport.Scope
		Redirect, AuthorizePage, Selector string
	}
	tell := func(app *matterport.OAuthApp) told {
		return told{app.Scopes(), app.RedirectURL(), app.AuthorizePage(), app.SelectorURL()}
	}
	cfg := goodOAuthConfig()
	want := told{
		Scopes:        []matterport.Scope{"ViewDetails", "DownloadAssets"},
		Redirect:      "https://intranet.example.com/pme/connect/callback",
		AuthorizePage: "https://authn.matterport.com/oauth/authorize",
		Selector:      "https://authn.matterport.com/model-select",
	}
	app, err := matterport.NewOAuthApp(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	cfg.Scopes[0] = "changed"
	app.Scopes()[0] = "changed"
	if diff := cmp.Diff(want, tell(app)); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}

	want.AuthorizePage, want.Selector = "https://authn.example.cn/authorize", "https://authn.example.cn/select?x=1"
	app = newApp(t, &upstream{}, func(cfg *matterport.OAuthConfig) {
		cfg.AuthorizeURL, cfg.SelectorURL = "https://authn.example.cn/authorize?region=cn", "https://authn.example.cn/select?x=1"
	})
	if diff := cmp.Diff(want, tell(app)); diff != "" {
		t.Errorf("pages of one's own (-want +got):\n%s", diff)
	}
}

func TestPrintedOAuthAppTellsNoSecret(t *testing.T) {
	app := newApp(t, &upstream{})
	mustNotTell(t, "application", everyPrint(t, app)...)
	mustNotTell(t, "application's value", everyPrint(t, reflect.ValueOf(app).Elem().Interface())...)
}

func TestOAuthAppLeavesCallersHTTPClientAlone(t *testing.T) {
	mine := &http.Client{Transport: &upstream{}}
	newApp(t, nil, func(cfg *matterport.OAuthConfig) { cfg.HTTPClient = mine })
	if mine.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}
