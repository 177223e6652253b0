package pme

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/middleware"
)

// Admin makes the pages for administrators: live tokens, revoking, why a user may or may not open a space, connected accounts,
// health and events. See package handler/admin. They are behind the Authenticator, and behind Options.Allow. Mount them apart from
// h, under a prefix that is taken off:
//
//	pages, err := h.Admin(admin.Options{Allow: admin.Users("alice"), Recent: recent})
//	mux.Handle("/pme-admin/", http.StripPrefix("/pme-admin", pages))
//
// An application that does not call Admin has no such pages. Close ends them.
func (h *Handler) Admin(o admin.Options) (http.Handler, error) {
	cfg := admin.Config{
		Options: o, Issuer: h.issuer, Catalog: h.catalog, Policy: h.policy, Pages: h.pages, Revoker: h, Health: h.health,
		Events: h.events, Logger: h.log,
	}
	if h.connections != nil {
		cfg.Connections = connections{h.connections}
	}
	if a, ok := h.authenticate.(middleware.LoginLinker); ok {
		cfg.LoginAgain = a.LoginAgainURL
	}
	a, err := admin.New(cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what to change in Options
	}
	h.admins.add(a)
	return h.guard(fromName)(a), nil
}

// admins are the pages for administrators that were made, to be closed. The zero value is ready.
type admins struct {
	mu  sync.Mutex
	all []*admin.Admin
}

func (as *admins) add(a *admin.Admin) {
	as.mu.Lock()
	defer as.mu.Unlock()
	as.all = append(as.all, a)
}

func (as *admins) close() {
	as.mu.Lock()
	defer as.mu.Unlock()
	for _, a := range as.all {
		_ = a.Close() // it is always nil
	}
}

// connections lets administrators see and delete what users have connected, whatever these may do.
type connections struct{ *connect.Connections }

// List implements [admin.Connections].
func (c connections) List(ctx context.Context, userID string) ([]admin.Connection, error) {
	list, err := c.ListOf(ctx, userID)
	if err != nil {
		return nil, err //nolint:wrapcheck // it is logged, and not shown
	}
	out := make([]admin.Connection, len(list))
	for i, one := range list {
		out[i] = admin.Connection{ID: one.ID, Label: one.Label, Connected: one.Connected, Renewed: one.Refreshed, Reconnect: one.Reconnect}
	}
	return out, nil
}

// Delete implements [admin.Connections].
func (c connections) Delete(ctx context.Context, userID, id string) (bool, error) {
	err := c.DeleteOf(ctx, userID, id)
	if errors.Is(err, connect.ErrNotConnected) {
		return false, nil
	}
	return err == nil, err //nolint:wrapcheck // as above
}
