// The spa example is two servers: one with a login and pme, as an API, and one with a page of another
// origin that uses the API with the visitor's cookie. The page draws everything by itself: of pme it uses
// the JSON endpoints and createFetcher, and it drives the Showcase SDK. Matterport is an emulator in this
// process.
//
//	go run ./examples/spa
package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/examples/internal/signin"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

//go:embed page
var files embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is the whole program, with its surroundings as arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("spa", flag.ContinueOnError)
	flags.SetOutput(stderr)
	pageAddr := flags.String("addr", "127.0.0.1:8080", "`address` of the page")
	apiAddr := flags.String("api", "127.0.0.1:8081", "`address` of the login and pme")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	var listeners [3]net.Listener
	for i, addr := range []string{*pageAddr, *apiAddr, "127.0.0.1:0"} {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		defer func() { _ = listener.Close() }()
		listeners[i] = listener
	}
	page, api, emulator := origin(listeners[0]), origin(listeners[1]), origin(listeners[2])

	people := signin.New()
	gate, err := people.Gate()
	if err != nil {
		return err
	}
	h, err := pme.New(pme.Config{
		ClientID:     matterporttest.DefaultClientID,
		ClientSecret: matterporttest.DefaultClientSecret,
		APIURL:       emulator,
		Authenticate: gate,
		Access:       access.List{{Users: []string{"alice"}, Models: []string{"*"}}},
		Pages: pages.Config{
			ShowcaseURL:    emulator,
			SDKURL:         emulator + "/sdk.es6.js",
			SDKKey:         matterporttest.DefaultSDKKey,
			AllowedOrigins: []string{page},
		},
		Logger: slog.New(slog.NewTextHandler(stderr, nil)),
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	mux.Handle("/livez", h.Health())
	mux.Handle("/readyz", h.Health())
	people.Routes(mux)
	handlers := []http.Handler{pageAt(api + "/pme/"), http.NewCrossOriginProtection().Handler(mux), matterporttest.New(matterporttest.Config{})}

	var servers []demo.Server
	for i, next := range handlers {
		servers = append(servers, demo.Server{Listener: listeners[i], Handler: next})
	}
	err = demo.ServeAll(ctx, func() {
		_, _ = fmt.Fprintf(stdout, "spa: %s/ (sign in as alice)\n", page)
	}, servers...)
	return errors.Join(err, h.Close())
}

func origin(l net.Listener) string { return "http://" + l.Addr().String() }

// pageAt serves the page, and tells it where pme is.
func pageAt(endpoint string) http.Handler {
	root, err := fs.Sub(files, "page")
	if err != nil { // cannot happen: the directory is embedded
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(root))
	mux.HandleFunc("GET /config.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"pme": endpoint})
	})
	return mux
}
