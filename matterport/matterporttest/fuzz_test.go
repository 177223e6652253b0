package matterporttest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// FuzzGraphQL sends bodies that may be anything. Nothing panics, every answer is JSON, and without the
// secret nothing is minted.
func FuzzGraphQL(f *testing.F) {
	paths, err := filepath.Glob("../operations/*.graphql")
	if err != nil || len(paths) == 0 {
		f.Fatal("no operations", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), `{"modelId":"`+office+`","modelIds":["`+office+`"],"clientId":"x","clientSecret":"x","validFor":"10m","id":"x","query":"*","pageSize":5,"accessToken":"x"}`)
	}
	f.Add(`{ models(pageSize: 99999999999999999999) { __typename } }`, `{}`)
	f.Add(`query($a:[ID!]!,$b:Int=1,$c:[ModelSort!]){models(sortBy:$c,pageSize:$b){...x}}fragment x on ModelSearchResultList{...x}`, `{"c":[{"field":1}]}`)
	f.Add(`{ a: __schema { types { fields { type { name } } } } __type(name: "Query") { name } }`, `null`)
	f.Add(`query($c:[[Int]],$d:ModelSort){models(sortBy:[$d]){nextOffset}}`, `{"c":[[1,null,"x"]],"d":{"field":"name","order":null}}`)

	s := matterporttest.New(account())
	bearer := appToken(f, s)
	f.Fuzz(func(t *testing.T, query, variables string) {
		text, err := json.Marshal(query)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/api/models/graph",
			strings.NewReader(`{"query":`+string(text)+`,"variables":`+variables+`}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+bearer)
		a := send(s, r)
		if !json.Valid(a.Body.Bytes()) || a.Header().Get("Content-Type") != "application/json" {
			t.Errorf("answer = %d %q", a.Code, a.Body)
		}
		if n := len(s.LiveTokens()); n != 0 {
			t.Errorf("%d tokens were minted", n)
		}
	})
}

// BenchmarkMint measures a whole mint: parsing, validation and all.
func BenchmarkMint(b *testing.B) {
	s := matterporttest.New(account())
	bearer := appToken(b, s)
	for b.Loop() {
		r := createRequest(b, bearer)
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// FuzzAuthorize sends owners to addresses that may be anything. Whoever agrees comes back to the
// application, or is sent nowhere.
func FuzzAuthorize(f *testing.F) {
	f.Add(wish().Encode(), "s")
	f.Add(wish("redirect_uri", callback+"?attempt=1&code=x").Encode(), "ViewDetails")
	f.Add(wish("redirect_uri", "https://partner.example@evil.example/connect/callback").Encode(), "<script>")
	f.Add(wish("redirect_uri", "https://partner.example/connect/callback/../x", "code_challenge", challenge).Encode(), "")
	f.Add("redirect_uri=https:\\\\evil.example&client_id=demo-partner", "\r\n")

	cfg := partner()
	cfg.EchoState = true
	s := matterporttest.New(cfg)
	f.Fuzz(func(t *testing.T, query, state string) {
		target := "/oauth/authorize?" + query + "&state=" + url.QueryEscape(state)
		address, err := s.Allow(target, owner)
		if err == nil && !strings.HasPrefix(address, callback+"?") || err != nil && address != "" {
			t.Errorf("sent to %q, %v", address, err)
		}
		r := httptest.NewRequest(http.MethodGet, "/oauth/authorize", nil)
		r.URL.RawQuery = query
		a := send(s, r)
		if strings.Contains(a.Body.String(), "<script") {
			t.Errorf("page = %s", a.Body)
		}
	})
}
