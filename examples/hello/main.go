// Hello is a whole intranet: a login that believes every name, and private spaces on an emulator of Matterport.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
)

var store = sessions.NewCookieStore([]byte(rand.Text()))

func login(w http.ResponseWriter, r *http.Request) {
	session, _ := store.New(r, "intranet")
	session.Values["user"] = r.PostFormValue("user")
	if r.Method != http.MethodPost || session.Save(r, w) != nil {
		_, _ = w.Write([]byte(`<!doctype html><form method="post"><input name="user" value="alice"><button>Sign in</button></form>`))
		return
	}
	page, _ := middleware.LocalPath(r.FormValue("next")) // the page that the user wanted to see
	http.Redirect(w, r, page, http.StatusSeeOther)       //nolint:gosec // it is a path of this host
}

func main() {
	store.Options.Secure, store.Options.SameSite = false, http.SameSiteLaxMode // for this machine: there is no TLS
	gate, err1 := middleware.NewSession(middleware.SessionConfig{Store: store, Name: "intranet", UserKey: "user"})
	emulator, err2 := matterporttest.Start("", matterporttest.Config{})
	cfg, err3 := pme.ConfigFromEnv(emulator.LookupEnv) // os.LookupEnv with your own Matterport account
	cfg.Authenticate, cfg.Access = gate, access.List{{Users: []string{"alice"}, Models: []string{"*"}}}
	h, err4 := pme.New(cfg)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux() // … and your own pages
	mux.HandleFunc("/login", login)
	h.Mount(mux, "/pme")
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	go func() { log.Print(server.ListenAndServe()); stop() }()
	log.Print("sign in as alice at http://127.0.0.1:8080/pme/")
	<-ctx.Done()
	if err := errors.Join(server.Shutdown(context.Background()), h.Close()); err != nil { // requests may finish first
		log.Fatal(err)
	}
}
