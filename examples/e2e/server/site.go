package main

import (
	"context"
	"errors"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/middleware"
)

// A wish says what a site is to have.
type wish struct {
	origin, emulator string
	life             time.Duration // of the tokens of connected accounts
	administrators   bool
	operated         string // the allow-list of a site that operators run; empty for a site of a test's people
}

// build makes the site: who signs in, who may see what, connected accounts, pme, and pages for administrators.
func (s *stage) build(ctx context.Context, cfg pme.Config, w wish) error {
	options, err := s.guarded(ctx, &cfg, w)
	if err != nil {
		return err
	}
	if s.accounts, err = newAccounts(w, s.now, cfg); err != nil {
		return err
	}
	s.closing = append(s.closing, s.accounts.close)
	cfg.Connections = s.accounts.Connections
	if s.pme, err = pme.New(cfg); err != nil {
		return err
	}
	s.closing = append(s.closing, s.pme.Close)
	if options.Allow == nil {
		return nil
	}
	s.admin, err = s.pme.Admin(options)
	return err
}

// guarded has cfg use a gate and a policy, and returns what the pages for administrators need, if there are any.
func (s *stage) guarded(ctx context.Context, cfg *pme.Config, w wish) (options admin.Options, err error) {
	if w.operated != "" {
		if s.operated, err = operate(ctx, cfg, w.origin, w.operated); err != nil {
			return options, err
		}
		s.closing = append(s.closing, s.operated.close)
		s.require = s.operated.login.Require
		return admin.Options{Allow: isRoot, Recent: s.operated.recent}, nil
	}
	gateway := middleware.Config{LoginURL: "/login"}
	if w.administrators {
		gateway.Revocations = middleware.NewMemoryRevocations()
		options = admin.Options{Allow: admin.Users("root"), Recent: admin.NewRecent(0)}
		if cfg.Events, err = event.New(event.Config{Logger: cfg.Logger, Listeners: []event.Listener{options.Recent}}); err != nil {
			return options, err
		}
		s.closing = append(s.closing, func() error { return cfg.Events.Shutdown(context.Background()) })
	}
	gate, err := middleware.New(middleware.Func(s.people.who), gateway)
	if err != nil {
		return options, err
	}
	s.require, cfg.Authenticate, cfg.Access = gate.Require, gate, access.FuncUntil(s.people.may)
	return options, nil
}

// close closes what build has made, the latest first.
func (s *stage) close() error {
	var errs []error
	for i := range s.closing {
		errs = append(errs, s.closing[len(s.closing)-1-i]())
	}
	return errors.Join(errs...)
}
