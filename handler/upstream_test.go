package handler_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	mt "github.com/go-pme/pme/matterport/matterporttest"
)

// Whatever goes wrong at Matterport: the documented answer, and no secret anywhere (the portal looks
// when the test ends).
func TestEveryFailureUpstreamHasItsAnswer(t *testing.T) {
	const mint = "createPrivateModelEmbedLink"
	for name, tc := range map[string]struct {
		op     string
		fail   mt.Failure
		status int
		code   string
	}{
		"500":                    {mint, mt.Status(500, ""), 503, "temporarily_unavailable"},
		"502 from a proxy":       {mint, mt.HTML(502), 503, "temporarily_unavailable"},
		"503 with Retry-After":   {mint, mt.Status(503, "40"), 503, "temporarily_unavailable"},
		"429 with Retry-After":   {mint, mt.Status(429, "40"), 503, "temporarily_unavailable"},
		"quota":                  {mint, mt.GraphQLError("quota.exceeded", 200), 503, "temporarily_unavailable"},
		"internal error":         {mint, mt.GraphQLError("error.internal", 200), 503, "temporarily_unavailable"},
		"page that quotes all":   {mint, mt.Echo(), 503, "temporarily_unavailable"},
		"dropped connection":     {mint, mt.DropConnection(), 503, "temporarily_unavailable"},
		"cut body":               {mint, mt.CutBody(), 503, "temporarily_unavailable"},
		"no application token":   {"token", mt.Status(503, ""), 503, "temporarily_unavailable"},
		"HTML with 200":          {mint, mt.HTML(200), 502, "upstream_error"},
		"null data":              {mint, mt.NullData(), 502, "upstream_error"},
		"nothing at all":         {mint, mt.EmptyBody(), 502, "upstream_error"},
		"bearer always expired":  {mint, mt.ExpiredBearer(), 502, "upstream_error"},
		"wrong credentials":      {"token", mt.OAuthError(401, "invalid_client"), 502, "upstream_error"},
		"not allowed":            {mint, mt.GraphQLError("request.unauthorized", 200), 502, "upstream_error"},
		"request not understood": {mint, mt.GraphQLError("request.invalid", 400), 502, "upstream_error"},
		"not found":              {mint, mt.GraphQLError("not.found", 200), 404, "model_not_found"},
		"not found with a 404":   {mint, mt.GraphQLError("not.found", 404), 404, "model_not_found"},
		"inactive":               {mint, mt.GraphQLError("model.inactive", 200), 404, "model_not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, nil)
			p.matterport.Fail(tc.op, tc.fail, -1)
			a := p.get(t, "alice", "token?modelId="+office)
			a.want(t, tc.status, tc.code)
			if strings.Contains(strings.ToLower(a.Body.String()), "matterport") {
				t.Errorf("internals in the answer: %s", a.Body)
			}
			if strings.Contains(name, "Retry-After") && a.Header().Get("Retry-After") != "40" {
				t.Errorf("Retry-After %q, want upstream's", a.Header().Get("Retry-After"))
			}
		})
	}
}

func TestPassingFailureUpstreamIsNotNoticed(t *testing.T) {
	for name, fail := range map[string]mt.Failure{
		"500": mt.Status(500, ""), "bearer expired": mt.ExpiredBearer(), "dropped": mt.DropConnection(), "slow": mt.Latency(100 * time.Millisecond),
	} {
		p := newPortal(t, nil)
		p.matterport.Fail("createPrivateModelEmbedLink", fail, 1)
		if a := p.get(t, "alice", "token?modelId="+office); a.Code != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
}

// With a token at hand that the SDK can still use, the visitor notices nothing of any of it.
func TestFailureUpstreamIsNotNoticedWithAUsableToken(t *testing.T) {
	for name, fail := range map[string]mt.Failure{
		"500": mt.Status(500, ""), "429": mt.Status(429, "40"), "HTML": mt.HTML(200), "cut": mt.CutBody(), "hang": mt.Hang(),
		"bearer": mt.ExpiredBearer(), "null": mt.NullData(), "internal": mt.GraphQLError("error.internal", 200),
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, func(c *pme.Config) { c.ValidFor, c.RefreshBefore = 155*time.Second, 125*time.Second })
			first := p.get(t, "alice", "token?modelId="+office)
			first.want(t, http.StatusOK, "")
			p.matterport.SkewClock(35 * time.Second) // the token has less than RefreshBefore left
			p.get(t, "alice", "models")              // and this machine has seen Matterport's clock
			p.matterport.Fail("createPrivateModelEmbedLink", fail, -1)
			again := p.get(t, "alice", "token?modelId="+office)
			if again.want(t, http.StatusOK, ""); again.AccessToken != first.AccessToken {
				t.Error("another token")
			}
			if left, _ := again.ExpiresIn.(float64); left <= 60 || left >= 125 {
				t.Errorf("expires_in %v", left)
			}
			if p.matterport.Calls("createPrivateModelEmbedLink") < 2 {
				t.Error("nothing went wrong in this test")
			}
			p.matterport.Heal()
		})
	}
}
