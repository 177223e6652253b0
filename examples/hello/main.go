// Hello is a whole intranet in one file: a login that believes every name, and private spaces. It needs no Matterport
// account, as an emulator of Matterport runs beside it.
package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/pages"
)

var store = sessions.NewCookieStore([]byte(rand.Text()))

// user returns the user of a session. An empty ID means not signed in.
func user(s *sessions.Session) (identity.User, error) {
	id, _ := s.Values["user"].(string)
	return identity.User{ID: id}, nil
}

func login(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		fmt.Fprint(w, `<!doctype html><title>Sign in</title><form method=post><input name=user value=alice> <button>Sign in</button></form>`)
		return
	}
	session, _ := store.New(r, "intranet") // an old session that cannot be read is replaced
	session.Values["user"] = r.PostFormValue("user")
	if err := session.Save(r, w); err != nil {
		http.Error(w, "You could not be signed in.", http.StatusInternalServerError)
		return
	}
	next, _ := middleware.LocalPath(r.FormValue("next")) // where the visitor wanted to go
	http.Redirect(w, r, next, http.StatusSeeOther)       //nolint:gosec // LocalPath allows paths of this host only
}

func run(ctx context.Context) error {
	emulator, err := matterporttest.Start("", matterporttest.Config{})
	if err != nil {
		return err
	}
	defer emulator.Close()
	store.Options.Secure, store.Options.SameSite = false, http.SameSiteLaxMode // plain http, on this machine
	gate, err := middleware.NewSession(middleware.SessionConfig{Store: store, Name: "intranet", User: user})
	if err != nil {
		return err
	}
	h, err := pme.New(pme.Config{
		ClientID:     matterporttest.DefaultClientID,
		ClientSecret: matterporttest.DefaultClientSecret,
		APIURL:       emulator.URL,
		Authenticate: gate,
		Access:       access.List{{Users: []string{"alice"}, Models: []string{"*"}}},
		Pages:        pages.Config{ShowcaseURL: emulator.URL, SDKURL: emulator.URL + "/sdk.es6.js", SDKKey: matterporttest.DefaultSDKKey},
	})
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	mux := http.NewServeMux()
	mux.HandleFunc("/login", login)
	h.Mount(mux, "/pme")
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8080"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	log.Printf("sign in as alice: http://%s/pme/", listener.Addr())
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}
