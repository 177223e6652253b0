package pme_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

// withSelectors is a handler for alice at an emulator whose spaces have folders.
func withSelectors(t *testing.T, change func(*matterporttest.Config)) *pme.Handler {
	t.Helper()
	cfg := matterporttest.Config{Models: []matterporttest.Model{
		{ID: "SxQL3iGyoDo", Folder: "Plant 3/Hall 2"}, {ID: "yyHDFKzPzvN", InternalID: "A-17"},
	}}
	if change != nil {
		change(&cfg)
	}
	up := matterporttest.NewServer(t, cfg)
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		Authenticate: gate(t),
		Access:       access.List{{Users: []string{"alice"}, Models: []string{"folder:Plant 3/**", "internalId:A-17"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// gate recognizes everybody as alice.
func gate(t *testing.T) pme.Authenticator {
	t.Helper()
	alice := func(*http.Request) (identity.User, error) { return identity.User{ID: "alice"}, nil }
	g, err := middleware.New(middleware.Func(alice), middleware.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// eventually asks until the status is the one that is wanted.
func eventually(t *testing.T, h http.Handler, target string, want int, text string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil))
		if w.Code == want && strings.Contains(w.Body.String(), text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %d, %s", target, w.Code, w.Body)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestSelectorsOfTheAllowListAreLookedUp(t *testing.T) {
	h := withSelectors(t, nil)
	eventually(t, h, "/token?modelId=SxQL3iGyoDo", http.StatusOK, "access_token")
	eventually(t, h, "/token?modelId=yyHDFKzPzvN", http.StatusOK, "access_token")
	eventually(t, h.Health(), "/readyz", http.StatusOK, `"policy":"ok"`)
}

func TestFoldersThatMatterportRefusesShowInHealth(t *testing.T) {
	h := withSelectors(t, func(cfg *matterporttest.Config) { cfg.RefuseFolders = true })
	eventually(t, h.Health(), "/readyz", http.StatusOK, "does not tell the folders")
	eventually(t, h, "/token?modelId=yyHDFKzPzvN", http.StatusOK, "access_token")
	eventually(t, h, "/token?modelId=SxQL3iGyoDo", http.StatusForbidden, "")
}

func TestSelectorOptionsAreChecked(t *testing.T) {
	_, err := pme.New(pme.Config{Selectors: resolve.Options{Every: time.Second}})
	if err == nil || !strings.Contains(err.Error(), "Every is 1s") {
		t.Errorf("New: %v", err)
	}
}
