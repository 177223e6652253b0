package bearer_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/go-pme/pme/middleware/bearer"
)

// policies is a provider with a discovery document for each policy, and none where the issuer should have it.
type policies struct {
	*provider
	document string
}

func (p *policies) RoundTrip(r *http.Request) (*http.Response, error) {
	res := &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody, Request: r}
	switch r.URL.Path {
	case discoveryPath:
		return res, nil
	case "/policy/v2.0/.well-known/openid-configuration":
		if r.URL.RawQuery == "p=signin" {
			res.StatusCode, res.Body = http.StatusOK, io.NopCloser(strings.NewReader(p.document))
		}
		return res, nil
	}
	return p.provider.RoundTrip(r)
}

func TestDiscoveryDocumentMayBeElsewhereButIsThatOfTheIssuer(t *testing.T) {
	elsewhere := func(document string) func(*bearer.Config) {
		return func(c *bearer.Config) {
			c.DiscoveryURL = "https://login.example.com/policy/v2.0/.well-known/openid-configuration?p=signin"
			c.HTTPClient = &http.Client{Transport: &policies{newProvider(), document}}
		}
	}
	g := newProvider().bearer(t, elsewhere(`{"issuer":"`+issuerURL+`","jwks_uri":"https://login.example.com/keys"}`))
	wantSignedIn(t, g, withToken(aliceToken(nil)), aliceID)
	for _, document := range []string{
		`{"issuer":"https://login.example.com/policy/v2.0","jwks_uri":"https://login.example.com/keys"}`,
		`{"issuer":"` + issuerURL + `/","jwks_uri":"https://login.example.com/keys"}`,
		`{"jwks_uri":"https://login.example.com/keys"}`,
	} {
		wantDoubt(t, newProvider().bearer(t, elsewhere(document)), aliceToken(nil))
	}
}

func TestDiscoveryURLIsChecked(t *testing.T) {
	for address, right := range map[string]bool{
		"":                                  true,
		"https://login.example.com/x?p=y":   true,
		"http://127.0.0.1:9/x":              true,
		"http://login.example.com/x":        false,
		"https://login.example.com/x#y":     false,
		"/.well-known/openid-configuration": false,
		"https://a:b@login.example.com/x":   false,
		"%":                                 false,
	} {
		g, err := bearer.New(bearer.Config{Issuer: issuerURL, Audience: audience, DiscoveryURL: address})
		if (err == nil) != right || err != nil && !strings.Contains(err.Error(), "DiscoveryURL") {
			t.Errorf("%q: %v", address, err)
		}
		if g != nil {
			_ = g.Close()
		}
	}
}

// Several audiences are not refused for lack of an azp, which is about ID tokens and their client. Clients are who
// may have asked for the token.
func TestSeveralAudiencesNeedNoAZPUnlessClientsAreNamed(t *testing.T) {
	several := aliceToken(map[string]any{"aud": []string{"another", audience}})
	wantSignedIn(t, newProvider().bearer(t), withToken(several), aliceID)
	strict := newProvider().bearer(t, func(c *bearer.Config) { c.Clients = []string{audience} })
	wantInvalid(t, strict, several)
	named := aliceToken(map[string]any{"aud": []string{"another", audience}, "azp": audience})
	wantSignedIn(t, strict, withToken(named), aliceID)
}
