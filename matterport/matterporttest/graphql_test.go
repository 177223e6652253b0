package matterporttest_test

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

var opaque = regexp.MustCompile(`^[A-Za-z0-9_-]{40,}$`)

func TestFixedOperationCreateEmbedLink(t *testing.T) {
	clocked(t, func(t *testing.T) {
		cfg := account()
		cfg.ShowcaseURL = "https://showcase.example"
		s := matterporttest.New(cfg)
		a := run(t, s, operation(t, "createEmbedLink"), with("modelId", office, "validFor", "10m"))
		got := a.field("createPrivateModelEmbedLink")
		token, _ := got["accessToken"].(string)
		if a.Code != http.StatusOK || !opaque.MatchString(token) {
			t.Fatalf("answer = %d %s", a.Code, a.Body)
		}
		want := map[string]any{
			"accessToken": token,
			"application": "showcase",
			"link":        "https://showcase.example/show?m=" + office + "&auth=Bearer+" + token,
			"validUntil":  "2000-01-01T00:10:00Z",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		until := time.Date(2000, 1, 1, 0, 10, 0, 0, time.UTC)
		if diff := cmp.Diff([]matterporttest.Token{{Value: token, Models: []string{office}, ValidUntil: until}}, s.LiveTokens()); diff != "" {
			t.Errorf("LiveTokens (-want +got):\n%s", diff)
		}
	})
}

func TestFixedOperationCreateEmbedToken(t *testing.T) {
	s := matterporttest.New(account())
	a := run(t, s, operation(t, "createEmbedToken"), with("modelIds", []string{terrace, office, office}, "validFor", "PT1H"))
	token, _ := a.field("createPrivateModelEmbedToken")["accessToken"].(string)
	if !opaque.MatchString(token) || len(a.field("createPrivateModelEmbedToken")) != 2 {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	if diff := cmp.Diff([]string{office, terrace}, s.LiveTokens()[0].Models); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
}

func TestFixedOperationDeleteEmbedToken(t *testing.T) {
	s := matterporttest.New(account())
	token := mint(t, s, office, "10m")
	if !s.Live(token) || s.Deleted(token) {
		t.Fatal("a new token is not live")
	}
	if a := remove(t, s, token); a.body.Data["deletePrivateModelEmbedToken"] != true {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	if s.Live(token) || !s.Deleted(token) || len(s.LiveTokens()) != 0 {
		t.Error("the token is live after it was deleted")
	}
	if a := remove(t, s, token); a.Code != http.StatusOK || !cmp.Equal(a.codes(), []string{"not.found"}) {
		t.Errorf("deleted twice: %d %s", a.Code, a.Body)
	}
	if a := remove(t, s, "unknown"); !cmp.Equal(a.codes(), []string{"not.found"}) {
		t.Errorf("unknown: %d %s", a.Code, a.Body)
	}
}

func TestTokenEndsAtValidUntil(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(account())
		token := mint(t, s, office, "30s")
		sleep(30*time.Second - time.Nanosecond)
		if !s.Live(token) {
			t.Error("not live just before its end")
		}
		sleep(time.Nanosecond)
		if s.Live(token) || s.Deleted(token) {
			t.Error("live at its end, or taken for deleted")
		}
		if a := remove(t, s, token); !cmp.Equal(a.codes(), []string{"not.found"}) {
			t.Errorf("delete after the end: %s", a.Body)
		}
	})
}

func TestFixedOperationModel(t *testing.T) {
	s := matterporttest.New(account())
	a := run(t, s, operation(t, "model"), map[string]any{"id": office})
	want := map[string]any{
		"id": office, "name": "Head Office", "accessVisibility": "private",
		"image": map[string]any{"resizeUrl": "http://example.com/thumb/" + office + ".svg"},
	}
	if diff := cmp.Diff(want, a.field("model")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestModelsThatCannotBeShownAreErrors(t *testing.T) {
	for name, tc := range map[string]struct{ id, code string }{
		"unknown":  {"AAAAAAAAAAA", "not.found"},
		"inactive": {closed, "model.inactive"},
		"removed":  {terrace, "not.found"},
	} {
		s := matterporttest.New(account())
		s.RemoveModel(terrace)
		for field, a := range map[string]*answer{
			"model":                        run(t, s, operation(t, "model"), map[string]any{"id": tc.id}),
			"createPrivateModelEmbedLink":  run(t, s, operation(t, "createEmbedLink"), with("modelId", tc.id, "validFor", "10m")),
			"createPrivateModelEmbedToken": run(t, s, operation(t, "createEmbedToken"), with("modelIds", []string{office, tc.id}, "validFor", "10m")),
		} {
			value, present := a.body.Data[field]
			if a.Code != http.StatusOK || !present || value != nil || !cmp.Equal(a.codes(), []string{tc.code}) {
				t.Errorf("%s, %s: answer = %d %s", name, field, a.Code, a.Body)
			}
		}
		if n := len(s.LiveTokens()); n != 0 {
			t.Errorf("%s: %d tokens were minted", name, n)
		}
	}
}

func TestMutationsCheckTheirOwnCredentials(t *testing.T) {
	s := matterporttest.New(account())
	token := mint(t, s, office, "10m")
	for _, wrong := range []string{"clientId", "clientSecret"} {
		for name, variables := range map[string]map[string]any{
			"createEmbedLink":  with("modelId", office, "validFor", "10m", wrong, "guess"),
			"createEmbedToken": with("modelIds", []string{office}, "validFor", "10m", wrong, "guess"),
			"deleteEmbedToken": with("accessToken", token, wrong, "guess"),
		} {
			a := run(t, s, operation(t, name), variables)
			if !cmp.Equal(a.codes(), []string{"request.unauthorized"}) {
				t.Errorf("%s with a wrong %s: %d %s", name, wrong, a.Code, a.Body)
			}
		}
	}
	if len(s.LiveTokens()) != 1 || !s.Live(token) {
		t.Error("an unauthorized mutation had an effect")
	}
}

func TestInvalidRequestsAreRefusedWhole(t *testing.T) {
	link := operation(t, "createEmbedLink")
	good := with("modelId", office, "validFor", "10m")
	lacking := with("modelId", office)
	spliced := strings.Replace(operation(t, "createEmbedLink"), "$clientSecret: String!, ", "", 1)
	spliced = strings.Replace(spliced, "clientSecret: $clientSecret", `clientSecret: "demo-secret"`, 1)
	for name, tc := range map[string]struct {
		query     string
		variables map[string]any
	}{
		"not GraphQL":              {"please", nil},
		"empty":                    {"", nil},
		"unknown field":            {strings.Replace(link, "validUntil", "validUntill", 1), good},
		"unknown argument":         {strings.Replace(link, "modelId: $modelId", "model: $modelId", 1), good},
		"missing argument":         {`{ model { id } }`, nil},
		"missing variable":         {link, lacking},
		"null variable":            {link, with("modelId", office, "validFor", nil)},
		"number for text":          {link, with("modelId", office, "validFor", 600)},
		"text for number":          {operation(t, "models"), map[string]any{"query": "*", "pageSize": "10"}},
		"fraction for number":      {operation(t, "models"), map[string]any{"query": "*", "pageSize": 1.5}},
		"literal out of range":     {`{ models(pageSize: 99999999999999999999) { totalResults } }`, nil},
		"object for ID":            {operation(t, "model"), map[string]any{"id": map[string]any{}}},
		"secret in the text":       {spliced, good},
		"secret as a default":      {strings.Replace(link, "$clientSecret: String!", `$clientSecret: String = "demo-secret"`, 1), good},
		"token in the text":        {`mutation ($i: String!, $s: String!) { deletePrivateModelEmbedToken(accessToken: "x", clientId: $i, clientSecret: $s) }`, map[string]any{"i": "a", "s": "b"}},
		"secret in a fragment":     {`mutation { ...m } fragment m on Mutation { deletePrivateModelEmbedToken(accessToken: "x", clientId: "i", clientSecret: "s") }`, nil},
		"unknown application":      {strings.Replace(operation(t, "createEmbedToken"), "application: showcase", "application: workshop", 1), with("modelIds", []string{office}, "validFor", "10m")},
		"selection on a scalar":    {`{ model(id: "x") { id { x } } }`, nil},
		"no selection":             {`{ model(id: "x") }`, nil},
		"two operations, no name":  {`query a { model(id: "x") { id } } query b { model(id: "x") { id } }`, nil},
		"subscription":             {`subscription { model }`, nil},
		"fragment cycle":           {`{ model(id: "x") { ...a } } fragment a on Model { ...b } fragment b on Model { ...a }`, nil},
		"very long text":           {"{" + strings.Repeat(` model(id: "x") { id }`, 500) + "}", nil},
		"a query sent as mutation": {`mutation { model(id: "x") { id } }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := matterporttest.New(account())
			a := run(t, s, tc.query, tc.variables)
			if a.Code != http.StatusBadRequest || a.body.Data != nil || len(a.codes()) == 0 {
				t.Fatalf("answer = %d %s", a.Code, a.Body)
			}
			for _, e := range a.body.Errors {
				if e.Extensions.Code != "request.invalid" || e.Extensions.HTTPStatus != 400 || e.Message == "" {
					t.Errorf("error = %+v", e)
				}
			}
			if len(s.LiveTokens()) != 0 {
				t.Error("a token was minted")
			}
		})
	}
}

func TestBodiesThatAreNoGraphQLRequestsAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		contentType, body string
		status            int
	}{
		"not JSON":     {"application/json", "query", 400},
		"a batch":      {"application/json", `[{"query":"{ model(id: 1) { id } }"}]`, 400},
		"cut off":      {"application/json", `{"query":"{ mod`, 400},
		"wrong type":   {"application/graphql", `{ model(id: "x") { id } }`, 400},
		"too large":    {"application/json", `{"query":"` + strings.Repeat(" ", 2<<20) + `"}`, 413},
		"query a list": {"application/json", `{"query":[]}`, 400},
	} {
		s := matterporttest.New(account())
		r := graphRequest(appToken(t, s), "", nil)
		r.Body = httptest.NewRequest(http.MethodPost, "/", strings.NewReader(tc.body)).Body
		r.Header.Set("Content-Type", tc.contentType)
		if a := send(s, r); a.Code != tc.status || !cmp.Equal(a.codes(), []string{"request.invalid"}) {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
		if s.Calls("unparsed") != 1 || s.Calls("*") != 2 {
			t.Errorf("%s: unparsed counted %d, all %d", name, s.Calls("unparsed"), s.Calls("*"))
		}
	}
}

func TestOnlyWhatWasAskedForIsAnswered(t *testing.T) {
	s := matterporttest.New(account())
	query := `query q($yes: Boolean!, $no: Boolean!) {
	  __typename
	  first: model(id: "` + office + `") { title: name ...pic __typename id @skip(if: $yes) }
	  second: model(id: "` + terrace + `") { ... on Model { id } name @include(if: $no) ...pic }
	  gone: model(id: "AAAAAAAAAAA") { id }
	}
	fragment pic on Model { image { __typename } }`
	a := run(t, s, query, map[string]any{"yes": true, "no": false})
	picture := map[string]any{"__typename": "Image"}
	want := map[string]any{
		"first":  map[string]any{"title": "Head Office", "__typename": "Model", "image": picture},
		"second": map[string]any{"id": terrace, "image": picture},
		"gone":   nil,

		"__typename": "Query",
	}
	if diff := cmp.Diff(want, a.body.Data); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(a.body.Errors) != 1 || !cmp.Equal(a.body.Errors[0].Path, []any{"gone"}) {
		t.Errorf("errors = %+v", a.body.Errors)
	}
	if s.Calls("model") != 1 {
		t.Errorf("one request counted %d times", s.Calls("model"))
	}
}

func TestSelectionsOfOneFieldAreMerged(t *testing.T) {
	query := `{ model(id: "` + office + `") { id image { __typename } } model(id: "` + office + `") { name image { resizeUrl } } }`
	a := run(t, matterporttest.New(account()), query, nil)
	want := map[string]any{
		"id": office, "name": "Head Office",
		"image": map[string]any{"__typename": "Image", "resizeUrl": "http://example.com/thumb/" + office + ".svg"},
	}
	if diff := cmp.Diff(want, a.field("model")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each fragment spreads the next one twice: opened as often as they are spread, the last would be opened
// two to the power of fifty times.
func TestFragmentsCannotExplode(t *testing.T) {
	query := "{ ...f0 }"
	for i := range 50 {
		query += fmt.Sprintf(" fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
	}
	query += " fragment f50 on Query { __typename }"
	if a := run(t, matterporttest.New(account()), query, nil); a.body.Data["__typename"] != "Query" {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestMutationArgumentsOutsideTheirRangeAreErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		operation string
		variables map[string]any
	}{
		"too short":      {"createEmbedLink", with("modelId", office, "validFor", "29s")},
		"too long":       {"createEmbedToken", with("modelIds", []string{office}, "validFor", "PT24H1S")},
		"not a duration": {"createEmbedLink", with("modelId", office, "validFor", "ten minutes")},
		"no models":      {"createEmbedToken", with("modelIds", []string{}, "validFor", "10m")},
	} {
		s := matterporttest.New(account())
		a := run(t, s, operation(t, tc.operation), tc.variables)
		if a.Code != http.StatusOK || !cmp.Equal(a.codes(), []string{"request.invalid"}) || len(s.LiveTokens()) != 0 {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
}

// GraphQL lets one value stand for a list of one, and a number for an ID.
func TestArgumentsAreCoercedAsGraphQLHasIt(t *testing.T) {
	s := matterporttest.New(matterporttest.Config{Models: []matterporttest.Model{{ID: "12345678901"}}})
	for _, ids := range []any{"12345678901", 12345678901, []any{12345678901}} {
		a := run(t, s, operation(t, "createEmbedToken"), with("modelIds", ids, "validFor", "10m"))
		if a.field("createPrivateModelEmbedToken") == nil {
			t.Errorf("%v: answer = %d %s", ids, a.Code, a.Body)
		}
	}
}

func TestIntrospectionIsNotOffered(t *testing.T) {
	a := run(t, matterporttest.New(account()), `{ __schema { types { name } } }`, nil)
	if !cmp.Equal(a.codes(), []string{"request.unsupported"}) {
		t.Errorf("answer = %d %s", a.Code, a.Body)
	}
}

func TestOnlyPostReachesTheAPI(t *testing.T) {
	for _, path := range []string{"/api/oauth/token", "/api/models/graph"} {
		if a := get(matterporttest.New(account()), path+"?"+url.Values{"query": {"{ model }"}}.Encode()); a.Code != http.StatusMethodNotAllowed {
			t.Errorf("GET %s = %d", path, a.Code)
		}
	}
}

func TestLinksFollowTheHostOfTheRequest(t *testing.T) {
	s := matterporttest.New(account())
	r := graphRequest(appToken(t, s), operation(t, "createEmbedLink"), with("modelId", office, "validFor", "10m"))
	r.Host = "127.0.0.1:4711"
	link, _ := send(s, r).field("createPrivateModelEmbedLink")["link"].(string)
	if !strings.HasPrefix(link, "http://127.0.0.1:4711/show?m=") {
		t.Errorf("link = %q", link)
	}
	r = graphRequest(appToken(t, s), operation(t, "createEmbedLink"), with("modelId", office, "validFor", "10m"))
	r.TLS = &tls.ConnectionState{}
	link, _ = send(s, r).field("createPrivateModelEmbedLink")["link"].(string)
	if !strings.HasPrefix(link, "https://example.com/show?m=") {
		t.Errorf("over TLS: link = %q", link)
	}
}
