// The throughput example serves two applications, each on a port of its own: a floor that writes the
// same JSON as the token endpoint and does nothing else, and pme with a policy and a log behind a gorilla
// login or, with -gate bearer, behind bearer tokens. It prints their addresses and the header that signs
// a user in. run.sh compares them under load.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"flag"
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

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
	"github.com/gorilla/sessions"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/bearer"
)

const model = "SxQL3iGyoDo"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	gate := flag.String("gate", "session", "`way` of signing in: session or bearer")
	flag.Parse()
	if err := run(ctx, *gate); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, way string) (err error) {
	var servers []demo.Server // the floor, pme, and Matterport, which pme calls
	for range 3 {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { _ = l.Close() }()
		servers = append(servers, demo.Server{Listener: l})
	}
	gate, header, err := signIn(way)
	if err != nil {
		return err
	}
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: origin(servers[2]),
		Authenticate: gate,
		Access:       access.List{{Groups: []string{"facilities"}, Models: []string{model}}},
		ValidFor:     24 * time.Hour,
		Logger:       slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // enabled, as in production
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	mux.Handle("/livez", h.Health())
	mux.Handle("/readyz", h.Health())

	servers[0].Handler, servers[1].Handler = http.HandlerFunc(floor), mux
	servers[2].Handler = matterporttest.New(matterporttest.Config{Models: []matterporttest.Model{{ID: model, Name: "Head office"}}})
	return demo.ServeAll(ctx, func() {
		path := "/pme/token?modelId=" + model
		fmt.Printf("%s %s %s\n", origin(servers[0])+path, origin(servers[1])+path, header)
	}, servers...)
}

func origin(s demo.Server) string { return "http://" + s.Listener.Addr().String() }

func floor(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = io.WriteString(w, `{"access_token":"0123456789abcdef0123456789abcdef0123456789a","token_type":"Bearer","expires_in":86390}`+"\n")
}

// signIn returns a gate, and the header that gets alice through it.
func signIn(way string) (gate pme.Authenticator, header string, err error) {
	switch way {
	case "session":
		return withSession()
	case "bearer":
		return withToken()
	}
	return nil, "", fmt.Errorf("there is no gate %q", way)
}

func withSession() (pme.Authenticator, string, error) {
	store := sessions.NewCookieStore([]byte("an authentication key of 32 bytes"), []byte("an encryption key of thirty-two."))
	s := sessions.NewSession(store, "intranet")
	s.Options = store.Options
	s.Values["user"] = "alice"
	w := httptest.NewRecorder()
	if err := s.Save(nil, w); err != nil {
		return nil, "", err
	}
	c := w.Result().Cookies()[0]
	gate, err := middleware.NewSession(middleware.SessionConfig{
		Store: store,
		Name:  "intranet",
		User: func(s *sessions.Session) (identity.User, error) {
			id, _ := s.Values["user"].(string)
			return identity.User{ID: id, Groups: []string{"facilities"}}, nil
		},
	})
	return gate, "Cookie: " + c.Name + "=" + c.Value, err
}

func withToken() (pme.Authenticator, string, error) {
	const issuer, audience = "https://id.example.com", "spa"
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, "", err
	}
	gate, err := bearer.New(bearer.Config{
		Issuer: issuer, Audience: audience, KeySet: &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Public()}},
	})
	claims := fmt.Sprintf(`{"iss":%q,"aud":%q,"sub":"alice","groups":["facilities"],"exp":%d}`,
		issuer, audience, time.Now().Add(time.Hour).Unix())
	return gate, "Authorization: Bearer " + oidctest.SignIDToken(key, "one", oidc.RS256, claims), err
}
