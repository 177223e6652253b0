package matterporttest_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestCodeIsRedeemedForTokens(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails EditDetails")
		if a.body.TokenType != "Bearer" || a.body.ExpiresIn != 3600 || a.body.Scope != "ViewDetails EditDetails" ||
			!opaque.MatchString(a.body.AccessToken) || !opaque.MatchString(a.body.RefreshToken) || a.body.AccessToken == a.body.RefreshToken {
			t.Errorf("answer = %s", a.Body)
		}
		if a.Header().Get("Cache-Control") != "no-store" || a.Header().Get("Content-Type") != "application/json" {
			t.Errorf("headers = %v", a.Header())
		}
		if !s.RefreshTokenLive(a.body.RefreshToken) || s.RefreshTokenLive(a.body.AccessToken) {
			t.Error("the refresh token is not live, or the access token is one")
		}
		want := []matterporttest.Grant{{Account: owner, Scopes: []string{"ViewDetails", "EditDetails"}, Begun: time.Now()}}
		if diff := cmp.Diff(want, s.Grants()); diff != "" {
			t.Errorf("Grants (-want +got):\n%s", diff)
		}
		s.Grants()[0].Scopes[0] = "changed by the caller"
		if diff := cmp.Diff(want, s.Grants()); diff != "" {
			t.Errorf("Grants (-want +got):\n%s", diff)
		}
	})
}

func TestExchangeRefusesParametersThatDoNotMatchTheCode(t *testing.T) {
	for name, tc := range map[string]struct {
		wish   []string
		form   []string
		status int
		code   string
	}{
		"wrong secret":          {nil, []string{"client_secret", "guess"}, 401, "invalid_client"},
		"no secret":             {nil, []string{"client_secret", ""}, 401, "invalid_client"},
		"unknown client":        {nil, []string{"client_id", "guess"}, 401, "invalid_client"},
		"the account's client":  {nil, []string{"client_id", matterporttest.DefaultClientID, "client_secret", matterporttest.DefaultClientSecret}, 400, "unauthorized_client"},
		"mixed credentials":     {nil, []string{"client_secret", matterporttest.DefaultClientSecret}, 401, "invalid_client"},
		"no code":               {nil, []string{"code", ""}, 400, "invalid_request"},
		"unknown code":          {nil, []string{"code", "guess"}, 400, "invalid_grant"},
		"no scope":              {nil, []string{"scope", ""}, 400, "invalid_request"},
		"unknown scope":         {nil, []string{"scope", "ViewDetails Everything"}, 400, "invalid_scope"},
		"more scope":            {nil, []string{"scope", "ViewDetails EditDetails"}, 400, "invalid_scope"},
		"other scope":           {nil, []string{"scope", "EditDetails"}, 400, "invalid_scope"},
		"no redirect":           {nil, []string{"redirect_uri", ""}, 400, "invalid_grant"},
		"other redirect":        {nil, []string{"redirect_uri", callback + "/"}, 400, "invalid_grant"},
		"redirect's query":      {[]string{"redirect_uri", callback + "?attempt=1"}, nil, 400, "invalid_grant"},
		"redirect, other query": {[]string{"redirect_uri", callback + "?attempt=1"}, []string{"redirect_uri", callback + "?attempt=2"}, 400, "invalid_grant"},
		"life in seconds":       {nil, []string{"expires_in", "900"}, 400, "invalid_request"},
		"no life":               {nil, []string{"expires_in", "0s"}, 400, "invalid_request"},
		"no verifier":           {[]string{"code_challenge", challenge, "code_challenge_method", "S256"}, nil, 400, "invalid_grant"},
		"wrong verifier":        {[]string{"code_challenge", challenge, "code_challenge_method", "S256"}, []string{"code_verifier", verifier + "x"}, 400, "invalid_grant"},
		"the challenge itself":  {[]string{"code_challenge", challenge, "code_challenge_method", "S256"}, []string{"code_verifier", challenge}, 400, "invalid_grant"},
		"plain, wrong":          {[]string{"code_challenge", verifier}, []string{"code_verifier", challenge}, 400, "invalid_grant"},
		"verifier for nothing":  {nil, []string{"code_verifier", verifier}, 400, "invalid_grant"},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(partner())
			code := agree(t, s, owner, wish(tc.wish...))
			refused(t, s, exchange(code, tc.form...), tc.status, tc.code)
			if len(s.Grants()) != 0 {
				t.Error("it made a grant")
			}
			good := exchange(code)
			if redirect := wish(tc.wish...).Get("redirect_uri"); redirect != callback {
				good.Set("redirect_uri", redirect)
			}
			if len(tc.wish) > 0 && tc.wish[0] == "code_challenge" {
				good.Set("code_verifier", verifier)
			}
			tokens(t, s, good) // the refusal has not used the code up
		})
	}
}

func TestPKCEIsMetByItsVerifier(t *testing.T) {
	for name, pairs := range map[string][]string{
		"S256":          {"code_challenge", challenge, "code_challenge_method", "S256"},
		"plain":         {"code_challenge", verifier, "code_challenge_method", "plain"},
		"plain, unsaid": {"code_challenge", verifier},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(partner())
			tokens(t, s, exchange(agree(t, s, owner, wish(pairs...)), "code_verifier", verifier))
		})
	}
}

func TestPKCECanBeIgnored(t *testing.T) {
	cfg := partner()
	cfg.IgnorePKCE = true
	s := matterporttest.New(cfg)
	for _, pairs := range [][]string{
		{"code_challenge", challenge, "code_challenge_method", "S256"},
		{"code_challenge", "odd", "code_challenge_method", "odd"},
	} {
		tokens(t, s, exchange(agree(t, s, owner, wish(pairs...))))
		tokens(t, s, exchange(agree(t, s, owner, wish(pairs...)), "code_verifier", "wrong"))
	}
}

func TestSecondUseOfACodeVoidsTheFirst(t *testing.T) {
	s := matterporttest.New(partner())
	code := agree(t, s, owner, wish())
	a := tokens(t, s, exchange(code))
	refused(t, s, exchange(code, "client_secret", "guess"), 401, "invalid_client")
	if !works(t, s, a.body.AccessToken) {
		t.Fatal("somebody without the secret has voided the grant")
	}
	refused(t, s, exchange(code), 400, "invalid_grant")
	if works(t, s, a.body.AccessToken) || s.RefreshTokenLive(a.body.RefreshToken) || !s.Grants()[0].Revoked {
		t.Error("what the code was redeemed for is good after its second use")
	}
	refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
}

func TestCodeIsGoodForTenMinutes(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		early, late := agree(t, s, owner, wish()), agree(t, s, owner, wish())
		sleep(10*time.Minute - time.Nanosecond)
		tokens(t, s, exchange(early))
		sleep(time.Nanosecond)
		refused(t, s, exchange(late), 400, "invalid_grant")
	})
}

func TestLifeOfAccessTokens(t *testing.T) {
	long := partner()
	long.OAuth.AccessTokenLife = 48 * time.Hour
	short := partner()
	short.OAuth.AccessTokenLife = 10 * time.Minute
	for name, tc := range map[string]struct {
		cfg   matterporttest.Config
		asked string
		want  time.Duration
	}{
		"usual":               {partner(), "", time.Hour},
		"less":                {partner(), "15m", 15 * time.Minute},
		"ISO 8601":            {partner(), "PT15M", 15 * time.Minute},
		"more than the usual": {partner(), "2h", time.Hour},
		"a long life":         {long, "", 24 * time.Hour},
		"of it, some":         {long, "2h", 2 * time.Hour},
		"a short life":        {short, "", 10 * time.Minute},
		"more than it":        {short, "15m", 10 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			clocked(t, func(t *testing.T) {
				s := matterporttest.New(tc.cfg)
				a := tokens(t, s, exchange(agree(t, s, owner, wish()), "expires_in", tc.asked))
				b := tokens(t, s, refresh(a.body.RefreshToken, "expires_in", tc.asked))
				for _, got := range []*answer{a, b} {
					if got.body.ExpiresIn != tc.want.Seconds() {
						t.Errorf("expires_in = %v", got.body.ExpiresIn)
					}
				}
				sleep(tc.want - time.Nanosecond)
				if !works(t, s, a.body.AccessToken) {
					t.Error("over before its end")
				}
				sleep(time.Nanosecond)
				if works(t, s, b.body.AccessToken) {
					t.Error("good after its end")
				}
			})
		})
	}
}

func TestAnswerSaysWhatWasGranted(t *testing.T) {
	s := matterporttest.New(partner())
	const all = "ViewPublic ViewDetails DownloadAssets"
	s.GrantOnly("DownloadAssets", "ViewDetails", "EditDetails")
	if a := connected(t, s, owner, all); a.body.Scope != "ViewDetails DownloadAssets" {
		t.Errorf("scope = %q", a.body.Scope)
	}
	code := agree(t, s, owner, wish("scope", all))
	if a := tokens(t, s, exchange(code, "scope", "ViewPublic ViewDetails")); a.body.Scope != "ViewDetails" {
		t.Errorf("of less: scope = %q", a.body.Scope)
	}
	code = agree(t, s, owner, wish("scope", all))
	refused(t, s, exchange(code, "scope", "ViewPublic"), 400, "invalid_scope")
	s.GrantOnly()
	if a := connected(t, s, owner, all); a.body.Scope != all {
		t.Errorf("anything again: scope = %q", a.body.Scope)
	}
}

func TestEachClientHasItsOwnGrants(t *testing.T) {
	s := matterporttest.New(partner())
	form := credentials()
	form.Set("client_id", matterporttest.DefaultOAuthClientID)
	form.Set("client_secret", matterporttest.DefaultOAuthClientSecret)
	refused(t, s, form, 400, "unauthorized_client")
	a := connected(t, s, owner, "ViewDetails")
	refused(t, s, refresh(a.body.RefreshToken, "client_id", matterporttest.DefaultClientID,
		"client_secret", matterporttest.DefaultClientSecret), 400, "unauthorized_client")
	refused(t, s, refresh(a.body.RefreshToken, "grant_type", "implicit"), 400, "unsupported_grant_type")
	appToken(t, s)
}

func TestConfiguredClientOfTheApp(t *testing.T) {
	cfg := partner()
	cfg.OAuth.ClientID, cfg.OAuth.ClientSecret = "other", "other-secret"
	s := matterporttest.New(cfg)
	code := agree(t, s, owner, wish("client_id", "other"))
	refused(t, s, exchange(code), 401, "invalid_client")
	tokens(t, s, exchange(code, "client_id", "other", "client_secret", "other-secret"))
}

func TestDisabledAppIsNoClient(t *testing.T) {
	s := matterporttest.New(partner())
	a, code := connected(t, s, owner, "ViewDetails"), agree(t, s, owner, wish())
	s.DisableApp(true)
	refused(t, s, exchange(code), 401, "invalid_client")
	refused(t, s, refresh(a.body.RefreshToken), 401, "invalid_client")
	b := send(s, graphRequest(a.body.AccessToken, `{ models { totalResults } }`, nil))
	if b.Code != http.StatusBadRequest || b.body.Error != "invalid_grant" {
		t.Errorf("with an access token: %d %s", b.Code, b.Body)
	}
	if got := sessionStatus(t, s, office, a.body.AccessToken); got != (status{Reason: "revoked"}) {
		t.Errorf("at Showcase: %+v", got)
	}
	appToken(t, s)
	s.DisableApp(false)
	tokens(t, s, exchange(code))
	tokens(t, s, refresh(a.body.RefreshToken))
	if !works(t, s, a.body.AccessToken) {
		t.Error("the access token did not come back to life")
	}
}

func TestParametersOfTheExchangeMustNotRepeat(t *testing.T) {
	s := matterporttest.New(partner())
	code := agree(t, s, owner, wish())
	for name := range exchange(code) {
		form := exchange(code)
		form.Add(name, form.Get(name))
		refused(t, s, form, 400, "invalid_request")
	}
	r := formRequest(url.Values{"grant_type": {"authorization_code"}})
	r.URL.RawQuery = exchange(code).Encode()
	if a := send(s, r); a.Code != http.StatusUnauthorized {
		t.Errorf("parameters in the address: %d %s", a.Code, a.Body)
	}
}
