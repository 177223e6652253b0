package idp

import (
	"context"
	"net/url"

	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// A Directory is the example storage with people, their groups, and one client.
type Directory struct {
	*storage.Storage
	people People
	client Client
}

// People are whom the provider knows, by name.
type People map[string]Person

// A Person has the password demo.
type Person struct {
	storage.User

	Groups []string
}

// Everybody are the people of the demonstration.
var Everybody = People{
	"alice": {storage.User{FirstName: "Alice", LastName: "Archer", Email: "alice@example.com", EmailVerified: true}, []string{"facilities"}},
	"bob":   {storage.User{FirstName: "Bob", LastName: "Baker", Email: "bob@example.org", EmailVerified: true}, []string{"research"}},
	"carol": {storage.User{FirstName: "Carol", LastName: "Carter", Email: "carol@example.com", EmailVerified: true}, nil},
}

func newDirectory(c Client, all People) *Directory {
	web := storage.WebClient(c.ID, c.Secret, c.Callback)
	return &Directory{
		Storage: storage.NewStorageWithClients(all, map[string]*storage.Client{c.ID: web}),
		people:  all,
		client:  c,
	}
}

// GetUserByID implements storage.UserStore.
func (p People) GetUserByID(id string) *storage.User { return p.GetUserByUsername(id) }

// GetUserByUsername implements storage.UserStore.
func (p People) GetUserByUsername(name string) *storage.User {
	known, ok := p[name]
	if !ok {
		return nil
	}
	u := known.User
	u.ID, u.Username, u.Password = name, name, "demo"
	return &u
}

// ExampleClientID implements storage.UserStore.
func (p People) ExampleClientID() string { return "" }

// GetClientByClientID adds to the example's client where its login page is, and where people may be
// taken once they are signed out.
func (d *Directory) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	known, err := d.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return web{known, d.client}, nil
}

type web struct {
	op.Client
	registered Client
}

func (w web) LoginURL(id string) string        { return "/signin?authRequestID=" + id }
func (w web) PostLogoutRedirectURIs() []string { return []string{w.registered.PostLogout} }

// RedirectURIGlobs implements op.HasRedirectGlobs.
func (w web) RedirectURIGlobs() []string { return w.registered.globs(w.registered.Callback) }

// PostLogoutRedirectURIGlobs implements op.HasRedirectGlobs.
func (w web) PostLogoutRedirectURIGlobs() []string {
	return w.registered.globs(w.registered.PostLogout)
}

// globs matches an address with any port.
func (c Client) globs(address string) []string {
	u, err := url.Parse(address)
	if err != nil || !c.AnyPort {
		return nil
	}
	return []string{u.Scheme + "://" + u.Hostname() + ":*" + u.Path}
}

func (w web) AuthMethod() oidc.AuthMethod { return oidc.AuthMethodBasic }

// SetUserinfoFromToken adds the groups to what the userinfo endpoint says.
func (d *Directory) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, tokenID, subject, origin string) error {
	if err := d.Storage.SetUserinfoFromToken(ctx, info, tokenID, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", append([]string{}, d.people[subject].Groups...))
	return nil
}
