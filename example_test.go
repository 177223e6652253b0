package pme_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/middleware"
)

// userFromSession returns the user that a session of the application's own login belongs to.
func userFromSession(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values["user"].(string)
	groups, _ := s.Values["groups"].([]string)
	return identity.User{ID: id, Groups: groups}, nil
}

// An intranet with a gorilla/sessions login gets its spaces under /pme/.
func Example() {
	store := sessions.NewCookieStore([]byte(os.Getenv("SESSION_KEY") + "-of-at-least-32-bytes, please"))

	gate, err := middleware.NewSession(middleware.SessionConfig{Store: store, Name: "intranet", User: userFromSession})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := pme.New(pme.Config{
		ClientID:     "client-id",                        // os.Getenv("MATTERPORT_CLIENT_ID")
		ClientSecret: matterport.Secret("client-secret"), // os.Getenv("MATTERPORT_CLIENT_SECRET")
		Authenticate: gate,
		Access: access.List{
			{Groups: []string{"facilities"}, Models: []string{"*"}},
			{Users: []string{"alice"}, Models: []string{"SxQL3iGyoDo"}},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = h.Close() }()

	mux := http.NewServeMux()
	h.Mount(mux, "/pme")

	// Nobody is signed in yet:
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/pme/token?modelId=SxQL3iGyoDo", nil))
	fmt.Println(w.Code)
	fmt.Println(w.Body)
	// Output:
	// 401
	// {"error":"login_required","error_description":"Please sign in.","login_url":"/login"}
}

// A deployment that is configured by its environment adds what only code can say.
func ExampleConfigFromEnv() {
	env := map[string]string{"MATTERPORT_CLIENT_ID": "client-id", "PME_VALID_FOR": "5m"}
	_, err := pme.ConfigFromEnv(func(name string) (string, bool) { v, ok := env[name]; return v, ok }) // os.LookupEnv
	fmt.Println(err)
	// Output:
	// pme: the environment is incomplete:
	// MATTERPORT_CLIENT_SECRET is not set
}
