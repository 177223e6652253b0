package admin_test

import (
	"fmt"
	"net/http"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// The pages are for the group it-operations, below /pme-admin/.
func Example() {
	recent := admin.NewRecent(0)
	events, err := event.New(event.Config{Listeners: []event.Listener{recent}})
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice", Groups: []string{"it-operations"}}, nil // from the session of the application
	}), middleware.Config{LoginURL: "/login"})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := pme.New(pme.Config{
		ClientID: "the client ID", ClientSecret: "the client secret", Authenticate: gate,
		Access: access.List{{Groups: []string{"facilities"}, Models: []string{"*"}}}, Events: events,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	pages, err := h.Admin(admin.Options{Allow: admin.Groups("it-operations"), Recent: recent})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	mux.Handle("/pme-admin/", http.StripPrefix("/pme-admin", pages))
}
