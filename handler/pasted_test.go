package handler_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPastedShowcaseURLIsAnsweredWithItsID(t *testing.T) {
	p := newPortal(t, nil)
	for _, pasted := range []string{
		"https://my.matterport.com/show/?m=" + office, "https://my.matterport.com/show/?m=" + office + "&play=1",
		"https://my.matterport.com/models/" + office, " " + office, office + "\u200b",
	} {
		for _, endpoint := range []string{"token", "link"} {
			a := p.get(t, "alice", endpoint+"?modelId="+url.QueryEscape(pasted))
			a.want(t, http.StatusBadRequest, "invalid_request")
			if body := a.Body.String(); !strings.Contains(body, "Did you mean "+office+"?") || strings.Contains(body, "my.matterport") {
				t.Errorf("%s %q: %s", endpoint, pasted, body)
			}
		}
		a := p.do(t, http.MethodPost, "alice", "revoke?modelId="+url.QueryEscape(pasted))
		a.want(t, http.StatusBadRequest, "invalid_request")
		if body := a.Body.String(); !strings.Contains(body, "Did you mean "+office+"?") {
			t.Errorf("revoke %q: %s", pasted, body)
		}
	}
	for _, other := range []string{"short", "<script>alert(1)</script>", office + "&modelId=" + office + "&modelId=x"} {
		if body := p.get(t, "alice", "token?modelId="+other).Body.String(); strings.Contains(body, "Did you mean") {
			t.Errorf("%q: %s", other, body)
		}
	}
}
