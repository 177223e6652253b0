package webhook

import (
	"context"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/catalog"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// Matterport is asked whether a model can be shown. [*matterport.Client] implements it.
type Matterport interface {
	ModelState(ctx context.Context, id string) (matterport.ModelState, error)
}

// Tokens knows which models live tokens open, and revokes them. [*issuer.Issuer] implements it.
type Tokens interface {
	LiveModels(ctx context.Context) (map[string]int, error)
	Revoke(ctx context.Context, s store.Selector) (issuer.Revocation, error)
}

// Catalog is told that models have changed. [*catalog.Catalog] implements it.
type Catalog interface {
	Refresh()
}

var (
	_ Matterport = (*matterport.Client)(nil)
	_ Tokens     = (*issuer.Issuer)(nil)
	_ Catalog    = (*catalog.Catalog)(nil)
)

// Config configures a [Handler]. Credential, Matterport and Tokens are required.
type Config struct {
	// Credential is what Matterport sends with each event.
	Credential Credential

	// Matterport is asked for the state of models.
	Matterport Matterport

	// Tokens revokes the tokens of models that are gone.
	Tokens Tokens

	// Catalog is told when models have changed, at most once in 15 seconds. With several replicas, only the one that
	// gets the event is told. Default: none.
	Catalog Catalog

	// Events gets an event for what was received and refused. After a burst, those that are left out are counted, and
	// told once a minute. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets a record for each model that is gone, and when questions to Matterport fail. Default: slog.Default().
	Logger *slog.Logger
}

func (cfg Config) withDefaults() Config {
	cfg.Logger = event.LoggerOr(cfg.Logger)
	cfg.Events = event.OrLog(cfg.Events, cfg.Logger)
	return cfg
}

func (cfg Config) validate() error {
	var errs []error
	bad := func(problem string) { errs = append(errs, errors.New("webhook: "+problem)) }
	if cfg.Matterport == nil {
		bad("Matterport is missing: give the client of the account")
	}
	if cfg.Tokens == nil {
		bad("Tokens is missing: give the issuer")
	}
	return errors.Join(append(errs, cfg.Credential.Check())...)
}
