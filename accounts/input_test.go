package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// What a visitor can write into the address of a callback is never an operator's matter, and does not use the attempt up.
func TestCallbackThatCannotBeRightIsTheVisitorsFault(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice")
	back, err := url.Parse(b.allow(b.begin("", ""), ""))
	if err != nil {
		t.Fatal(err)
	}
	calls := s.matterport.Calls("*")
	for name, values := range map[string][]string{
		"code":    {"a\x00b", "a\nb", "\x7f", "a\tb", "é", "\xff", strings.Repeat("x", 4097)},
		"state":   {"a\x00b", "a\nb", "é", strings.Repeat("x", 4097)},
		"attempt": {"a\x00b", "\x1b", "é", strings.Repeat("x", 4097)},
		"error":   {"a\x00b", "access_denied\n", "é", strings.Repeat("x", 4097)},
	} {
		for _, value := range values {
			query := back.Query()
			query.Set(name, value)
			if a := b.get("/callback?" + query.Encode()); a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s %.20q: %d", name, value, a.StatusCode)
			}
		}
	}
	if n := s.matterport.Calls("*"); n != calls {
		t.Errorf("%d calls to Matterport", n-calls)
	}
	if a := b.get(back.String()); a.StatusCode != http.StatusSeeOther {
		t.Errorf("the attempt is used up: %d", a.StatusCode)
	}
}

// What Matterport rejects is the visitor's fault if it came from the visitor.
func TestWhatMatterportRejectsOfAVisitorsQueryIsABadRequest(t *testing.T) {
	for name, failure := range map[string]matterporttest.Failure{
		"in a query that went well": matterporttest.GraphQLError("request.invalid", 0),
		"with a status":             matterporttest.GraphQLError("request.invalid", 400),
		"without a code":            matterporttest.GraphQLError("", 400),
		"as unsupported":            matterporttest.GraphQLError("request.unsupported", 400),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, nil)
			b := s.browser(t, "alice").with("Accept", "application/json")
			b.connectAs("gallery")
			s.matterport.Fail("models", failure, -1)
			for _, query := range []string{"offset=x", "offset=-1", "offset=%00", "q=((", "q=a&offset=b", "q=%22"} {
				b.get("/models?"+query).want(t, http.StatusBadRequest, "invalid_request")
			}
			b.get("/models").want(t, http.StatusBadGateway, "upstream_error") // nothing of it came from the visitor
			b.get("/models?limit=3").want(t, http.StatusBadGateway, "upstream_error")
		})
	}
}

func TestOffsetThatIsNoneIsABadRequest(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "alice").with("Accept", "application/json")
	b.connectAs("gallery")
	for _, offset := range []string{"x", "-1", "0", "é", "a b"} {
		b.get("/models?offset="+url.QueryEscape(offset)).want(t, http.StatusBadRequest, "invalid_request")
	}
}
