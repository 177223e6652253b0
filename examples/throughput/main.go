// The throughput example serves two applications, each on a port of its own: a floor that writes the
// same JSON as the token endpoint and does nothing else, and pme with a gorilla login, a policy and a
// log. It prints their addresses and a cookie, for run.sh to compare them under load.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
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
)

const model = "SxQL3iGyoDo"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	emulator, err := listen(ctx, matterporttest.New(matterporttest.Config{Models: []matterporttest.Model{{ID: model, Name: "Head office"}}}))
	if err != nil {
		return err
	}
	store := sessions.NewCookieStore([]byte("an authentication key of 32 bytes"), []byte("an encryption key of thirty-two."))
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: emulator,
		Authenticate: middleware.Session(store, "intranet", func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			return identity.User{ID: id, Groups: []string{"facilities"}}, nil
		}),
		Access:   access.List{{Groups: []string{"facilities"}, Models: []string{model}}},
		ValidFor: 24 * time.Hour,
		Logger:   slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // enabled, as in production
	})
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")

	cookie, err := signIn(store)
	if err != nil {
		return err
	}
	floorURL, err := listen(ctx, http.HandlerFunc(floor))
	if err != nil {
		return err
	}
	pmeURL, err := listen(ctx, mux)
	if err != nil {
		return err
	}
	path := "/pme/token?modelId=" + model
	fmt.Printf("%s %s %s\n", floorURL+path, pmeURL+path, cookie)
	<-ctx.Done()
	return nil
}

func floor(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, `{"access_token":"0123456789abcdef0123456789abcdef0123456789a","token_type":"Bearer","expires_in":86390}`+"\n")
}

func signIn(store *sessions.CookieStore) (string, error) {
	s := sessions.NewSession(store, "intranet")
	s.Options = store.Options
	s.Values["user"] = "alice"
	w := httptest.NewRecorder()
	if err := s.Save(nil, w); err != nil {
		return "", err
	}
	c := w.Result().Cookies()[0]
	return c.Name + "=" + c.Value, nil
}

// listen serves h on a free port until the program ends.
func listen(ctx context.Context, h http.Handler) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String(), nil
}
