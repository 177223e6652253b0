package serve

import (
	"context"
	"net/http"
	"path"

	"github.com/go-pme/pme/cmd/pme/internal/demo"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/middleware"
)

// route puts everything at its path.
func (b *builder) route() {
	mux := http.NewServeMux()
	at, h := b.cfg.Paths, b.g.pme
	h.Mount(mux, at.Spaces)
	mux.Handle("GET /{$}", to(at.Spaces[1:]+"/"))
	mux.Handle(livez, h.Health())
	mux.Handle(readyz, h.Health())
	if b.auth != nil {
		mux.Handle(at.Auth+"/", b.auth)
	}
	if b.cfg.Webhook.Secret.IsSet() {
		mux.Handle(at.Webhook, h.Webhook())
	}
	if b.demo != nil {
		b.demo.register(mux, h)
	}
	b.routeAdmin(mux)
	handler := http.Handler(mux)
	if b.demo != nil {
		handler = demo.ThisMachineOnly(handler)
	}
	behind, err := middleware.BehindProxy(middleware.ProxyConfig{BaseURL: b.cfg.BaseURL, Proxies: b.cfg.Proxies, Logger: b.log})
	if err != nil {
		b.problems.explain(err, proxyWords)
		return
	}
	b.g.handler = b.g.drain.Handler(readyz, behind(handler))
}

func (b *builder) hasAdmins() bool { return len(b.cfg.Admin.Users)+len(b.cfg.Admin.Groups) > 0 }

func (b *builder) routeAdmin(mux *http.ServeMux) {
	if !b.hasAdmins() {
		return
	}
	users, groups := admin.Users(b.cfg.Admin.Users...), admin.Groups(b.cfg.Admin.Groups...)
	pages, err := b.g.pme.Admin(admin.Options{
		Allow: func(ctx context.Context, u *identity.User) (bool, error) {
			if is, err := users(ctx, u); is || err != nil {
				return is, err
			}
			return groups(ctx, u)
		},
		RecentLogin: b.cfg.Admin.RecentLogin, Recent: b.recent,
	})
	if err != nil {
		b.problems.explain(err, glossary{part: "admin", fields: map[string]string{"RecentLogin": "admin.recent_login"}})
		return
	}
	at := b.cfg.Paths.Admin
	mux.Handle(at+"/", http.StripPrefix(at, pages))
	mux.Handle("GET "+at, to(path.Base(at)+"/"))
}

// to redirects to a relative address, which is right also where a proxy takes a prefix off.
func to(relative string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", relative)
		w.WriteHeader(http.StatusFound)
	})
}
