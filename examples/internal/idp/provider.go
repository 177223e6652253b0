// Package idp is an OpenID provider for examples, in their own process: github.com/zitadel/oidc with its example storage, and
// a page to sign in at.
package idp

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/go-pme/pme/examples/internal/demo"
)

//go:embed pages
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// A Provider is a running provider.
type Provider struct {
	Issuer  string
	Storage *Directory

	server *http.Server
	stop   context.CancelFunc
}

// A Client is the one application that the provider knows. If it has several processes, they differ in their ports.
type Client struct {
	ID, Secret, Callback, PostLogout string
	AnyPort                          bool
}

// Start starts a provider at the address issuer. It serves as soon as listen returns a listener.
func Start(issuer string, listen func(context.Context) (net.Listener, error), c Client, all People, log *slog.Logger) (*Provider, error) {
	p := &Provider{Issuer: issuer, Storage: newDirectory(c, all)}
	service, err := op.NewProvider(&op.Config{
		CryptoKey:             sha256.Sum256([]byte(rand.Text())),
		CodeMethodS256:        true,
		AuthMethodPost:        true,
		GrantTypeRefreshToken: true,
	}, p.Storage, op.StaticIssuer(issuer), op.WithAllowInsecure(), op.WithLogger(log.With(slog.String("by", "provider"))))
	if err != nil {
		return nil, err
	}
	p.server = &http.Server{Handler: p.routes(service), ReadHeaderTimeout: 5 * time.Second}
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	go func() {
		if listener, err := listen(ctx); err == nil {
			_ = p.server.Serve(listener) // until it is closed
		}
	}()
	return p, nil
}

// Close stops the provider.
func (p *Provider) Close() error {
	p.stop()
	return p.server.Close()
}

// Secret is the client's.
func (p *Provider) Secret() string { return p.Storage.client.Secret }

func (p *Provider) routes(service *op.Provider) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", service)
	mux.HandleFunc("GET /signin", signInForm)
	mux.Handle("POST /signin", op.NewIssuerInterceptor(service.IssuerFromRequest).HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			id := r.PostFormValue("id")
			if err := p.Storage.CheckUsernamePassword(r.PostFormValue("username"), r.PostFormValue("password"), id); err != nil {
				signInPage(w, id, "The name or the password is wrong.")
				return
			}
			http.Redirect(w, r, op.AuthCallbackURL(service)(r.Context(), id), http.StatusSeeOther)
		}))
	mux.HandleFunc("GET /demo.css", demo.Style)
	return mux
}

func signInForm(w http.ResponseWriter, r *http.Request) {
	signInPage(w, r.FormValue("authRequestID"), "")
}

func signInPage(w http.ResponseWriter, id, problem string) {
	demo.Headers(w.Header())
	_ = pages.ExecuteTemplate(w, "signin.html", struct{ ID, Problem string }{id, problem}) // to a browser that has gone
}
