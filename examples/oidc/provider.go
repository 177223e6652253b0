package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"github.com/go-pme/pme/examples/internal/demo"
)

// provider is an OpenID provider in this process: github.com/zitadel/oidc, with its example storage, and
// a login page.
type provider struct {
	issuer  string
	storage *directory
	server  *http.Server
	stop    context.CancelFunc
}

// client is the one application that the provider knows. If it has several processes, they differ in their ports.
type client struct {
	id, secret, callback, postLogout string
	anyPort                          bool
}

func startProvider(s *seat, c client, log *slog.Logger) (*provider, error) {
	p := &provider{issuer: s.issuer(), storage: newDirectory(c)}
	service, err := op.NewProvider(&op.Config{
		CryptoKey:             sha256.Sum256([]byte(rand.Text())),
		CodeMethodS256:        true,
		AuthMethodPost:        true,
		GrantTypeRefreshToken: true,
	}, p.storage, op.StaticIssuer(p.issuer), op.WithAllowInsecure(), op.WithLogger(log.With(slog.String("by", "provider"))))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", service)
	mux.HandleFunc("GET /signin", signInForm)
	mux.Handle("POST /signin", op.NewIssuerInterceptor(service.IssuerFromRequest).HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			id := r.PostFormValue("id")
			if err := p.storage.CheckUsernamePassword(r.PostFormValue("username"), r.PostFormValue("password"), id); err != nil {
				signInPage(w, id, "The name or the password is wrong.")
				return
			}
			http.Redirect(w, r, op.AuthCallbackURL(service)(r.Context(), id), http.StatusSeeOther)
		}))
	mux.HandleFunc("GET /demo.css", demo.Style)
	p.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	var ctx context.Context
	ctx, p.stop = context.WithCancel(context.Background())
	go func() {
		if listener, err := s.await(ctx); err == nil {
			_ = p.server.Serve(listener) // until it is closed
		}
	}()
	return p, nil
}

// Close stops the provider.
func (p *provider) Close() error {
	p.stop()
	return p.server.Close()
}

func signInForm(w http.ResponseWriter, r *http.Request) {
	signInPage(w, r.FormValue("authRequestID"), "")
}

func signInPage(w http.ResponseWriter, id, problem string) {
	demo.Headers(w.Header())
	_ = pages.ExecuteTemplate(w, "signin.html", struct{ ID, Problem string }{id, problem}) // to a browser that has gone
}

// directory is the example storage with the demonstration's people, their groups, and one client.
type directory struct {
	*storage.Storage
	people people
	client client
}

// people are whom the provider knows, by name.
type people map[string]struct {
	storage.User
	groups []string
}

var everybody = people{
	"alice": {storage.User{FirstName: "Alice", LastName: "Archer", Email: "alice@example.com", EmailVerified: true}, []string{"facilities"}},
	"bob":   {storage.User{FirstName: "Bob", LastName: "Baker", Email: "bob@example.org", EmailVerified: true}, []string{"research"}},
	"carol": {storage.User{FirstName: "Carol", LastName: "Carter", Email: "carol@example.com", EmailVerified: true}, nil},
}

func newDirectory(c client) *directory {
	web := storage.WebClient(c.id, c.secret, c.callback)
	return &directory{
		Storage: storage.NewStorageWithClients(everybody, map[string]*storage.Client{c.id: web}),
		people:  everybody,
		client:  c,
	}
}

// GetUserByID implements storage.UserStore.
func (p people) GetUserByID(id string) *storage.User { return p.GetUserByUsername(id) }

// GetUserByUsername implements storage.UserStore.
func (p people) GetUserByUsername(name string) *storage.User {
	known, ok := p[name]
	if !ok {
		return nil
	}
	u := known.User
	u.ID, u.Username, u.Password = name, name, "demo"
	return &u
}

// ExampleClientID implements storage.UserStore.
func (p people) ExampleClientID() string { return "" }

// GetClientByClientID adds to the example's client where its login page is, and where people may be
// taken once they are signed out.
func (d *directory) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	known, err := d.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return web{known, d.client}, nil
}

type web struct {
	op.Client
	registered client
}

func (w web) LoginURL(id string) string        { return "/signin?authRequestID=" + id }
func (w web) PostLogoutRedirectURIs() []string { return []string{w.registered.postLogout} }

// RedirectURIGlobs implements op.HasRedirectGlobs.
func (w web) RedirectURIGlobs() []string { return w.registered.globs(w.registered.callback) }

// PostLogoutRedirectURIGlobs implements op.HasRedirectGlobs.
func (w web) PostLogoutRedirectURIGlobs() []string {
	return w.registered.globs(w.registered.postLogout)
}

// globs matches an address with any port.
func (c client) globs(address string) []string {
	u, err := url.Parse(address)
	if err != nil || !c.anyPort {
		return nil
	}
	return []string{u.Scheme + "://" + u.Hostname() + ":*" + u.Path}
}

func (w web) AuthMethod() oidc.AuthMethod { return oidc.AuthMethodBasic }

// SetUserinfoFromToken adds the groups to what the userinfo endpoint says.
func (d *directory) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string) error {
	if err := d.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", append([]string{}, d.people[subject].groups...))
	return nil
}
