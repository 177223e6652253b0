package routers_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/examples/routers"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

const office = "SxQL3iGyoDo"

func TestPmeWorksInEveryRouter(t *testing.T) {
	for name, mount := range map[string]func(http.Handler) http.Handler{
		"net/http": func(h http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/pme/", http.StripPrefix("/pme", h))
			return mux
		},
		"Mount": func(h http.Handler) http.Handler {
			mux := http.NewServeMux()
			h.(*pme.Handler).Mount(mux, "/pme")
			return mux
		},
		"chi":     routers.Chi,
		"gorilla": routers.Gorilla,
		"gin":     routers.Gin,
		"echo":    routers.Echo,
	} {
		t.Run(name, func(t *testing.T) { check(t, mount) })
	}
}

// newHandler makes the handler of a site where a request's Person header says who is signed in.
func newHandler(t *testing.T) (*pme.Handler, *matterporttest.Running) {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: office, Name: "Head office"}}})
	gate, err := middleware.New(middleware.Func(func(r *http.Request) (identity.User, error) {
		return identity.User{ID: r.Header.Get("Person")}, nil
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		t.Fatal(err)
	}
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		Authenticate: gate,
		Access:       access.List{{Users: []string{"alice"}, Models: []string{office}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h, up
}

func check(t *testing.T, mount func(http.Handler) http.Handler) {
	h, up := newHandler(t)
	app := mount(h)
	ask := func(method, target, person string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
		r.Header.Set("Person", person)
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		return w
	}

	w := ask(http.MethodGet, "/pme/token?modelId="+office, "alice")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &token); err != nil || !up.Live(token.AccessToken) {
		t.Errorf("token: %d %s", w.Code, w.Body)
	}
	for target, want := range map[string]string{
		"/pme/":               `href="view/` + office + `"`,
		"/pme/view/" + office: `<pme-space model="` + office + `"`,
		"/pme/pme.js":         "customElements.define",
		"/pme/models":         `"id":"` + office + `"`,
	} {
		if w := ask(http.MethodGet, target, "alice"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d, without %q", target, w.Code, want)
		}
	}
	if w := ask(http.MethodGet, "/pme/token?modelId="+office, ""); w.Code != http.StatusUnauthorized {
		t.Errorf("nobody: %d", w.Code)
	}
	if w := ask(http.MethodGet, "/pme/view/"+office, "", "Accept", "text/html"); w.Header().Get("Location") != "/login?next=%2Fpme%2Fview%2F"+office {
		t.Errorf("navigation: %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := ask(http.MethodPost, "/pme/revoke", "alice"); w.Code != http.StatusOK || up.Live(token.AccessToken) {
		t.Errorf("revoke: %d %s", w.Code, w.Body)
	}
}
