package matterporttest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office  = "SxQL3iGyoDo"
	terrace = "yyHDFKzPzvN"
	closed  = "InAct1veMod"
	lobby   = "PubL1cLobby"
)

// account is the one most tests use: two private spaces, one that is inactive, one that is public.
func account() matterporttest.Config {
	return matterporttest.Config{Models: []matterporttest.Model{
		{ID: office, Name: "Head Office"},
		{ID: terrace, Name: "Roof Terrace"},
		{ID: closed, Name: "Closed Wing", Inactive: true},
		{ID: lobby, Name: "Lobby", Visibility: "public"},
	}}
}

// answer is what came back: the body also as JSON where it is JSON.
type answer struct {
	*httptest.ResponseRecorder
	body struct {
		Data         map[string]any
		Errors       []graphError
		Error        string
		AccessToken  string  `json:"access_token"`
		RefreshToken string  `json:"refresh_token"`
		TokenType    string  `json:"token_type"`
		ExpiresIn    float64 `json:"expires_in"`
		Scope        string
	}
}

type graphError struct {
	Message    string
	Path       []any
	Extensions struct {
		Code       string
		HTTPStatus int
	}
}

func (a *answer) codes() (codes []string) {
	for _, e := range a.body.Errors {
		codes = append(codes, e.Extensions.Code)
	}
	return codes
}

// field returns data.NAME as an object, and nil where it is something else.
func (a *answer) field(name string) map[string]any {
	object, _ := a.body.Data[name].(map[string]any)
	return object
}

// send lets s answer r. A body that is not JSON, as some injected failures are, leaves answer.body empty.
func send(s http.Handler, r *http.Request) *answer {
	a := &answer{ResponseRecorder: httptest.NewRecorder()}
	s.ServeHTTP(a, r)
	_ = json.Unmarshal(a.Body.Bytes(), &a.body)
	return a
}

func get(s http.Handler, target string) *answer {
	return send(s, httptest.NewRequest(http.MethodGet, target, nil))
}

func credentials() url.Values {
	return url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {matterporttest.DefaultClientID},
		"client_secret": {matterporttest.DefaultClientSecret},
	}
}

func formRequest(form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// appToken fetches an application token.
func appToken(t testing.TB, s http.Handler) string {
	t.Helper()
	a := send(s, formRequest(credentials()))
	if a.Code != http.StatusOK {
		t.Fatalf("token endpoint answered %d %s", a.Code, a.Body)
	}
	return a.body.AccessToken
}

func graphRequest(bearer, query string, variables map[string]any) *http.Request {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/models/graph", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	return r
}

// run fetches an application token and sends a query with it.
func run(t testing.TB, s http.Handler, query string, variables map[string]any) *answer {
	t.Helper()
	return send(s, graphRequest(appToken(t, s), query, variables))
}

// operation reads one of the fixed operation texts that the client embeds.
func operation(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("../operations/" + name + ".graphql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// with returns the mutations' credentials and further variables.
func with(pairs ...any) map[string]any {
	variables := map[string]any{
		"clientId":     matterporttest.DefaultClientID,
		"clientSecret": matterporttest.DefaultClientSecret,
	}
	for i := 0; i < len(pairs); i += 2 {
		variables[pairs[i].(string)] = pairs[i+1]
	}
	return variables
}

// mint creates an embed token for one model through the API.
func mint(t testing.TB, s http.Handler, model, validFor string) string {
	t.Helper()
	a := run(t, s, operation(t, "createEmbedLink"), with("modelId", model, "validFor", validFor))
	token, _ := a.field("createPrivateModelEmbedLink")["accessToken"].(string)
	if token == "" {
		t.Fatalf("no token: %d %s", a.Code, a.Body)
	}
	return token
}

func remove(t testing.TB, s http.Handler, token string) *answer {
	t.Helper()
	return run(t, s, operation(t, "deleteEmbedToken"), with("accessToken", token))
}

// clocked runs f in a bubble whose clock starts at midnight UTC, 1 January 2000, and moves when f sleeps.
func clocked(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func sleep(d time.Duration) { time.Sleep(d) }
