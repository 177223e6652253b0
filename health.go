package pme

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

// Health serves /livez and /readyz by the last element of the path, to be mounted where probes reach it and not
// behind the Authenticator; see [health.NewHandler] for the answers:
//
//	mux.Handle("/livez", h.Health())
//	mux.Handle("/readyz", h.Health())
//
// A Handler is ready until Close, whatever state its parts are in. The parts, if there are such:
//
//	matterport           Matterport, as the last call found it
//	tokens               the Store, as the last call found it
//	policy               Access: its last answer, of an access.File the newest content, and the spaces that its selectors stand for
//	login, keys          those of the Authenticator: oidclogin, bearer
//	fleet                the Fleet: whether this replica may answer from memory
//	connections          the store of connected accounts
//	matterport_accounts  Matterport, as the OAuth application of connected accounts last found it
//	secrets              the secrets that can change: whether their files can be read, and the newest are accepted
//
// and those of Config.Health. A probe calls nothing but the checks of the latter. What was not used yet is ok.
//
// New returns a nil Handler beside an error. Its Health is never ready, so that an application which goes on
// without spaces does not get requests for them.
func (h *Handler) Health() http.Handler {
	if h == nil {
		return misconfigured()
	}
	return h.health
}

func misconfigured() http.Handler {
	ctx, end := context.WithCancelCause(context.Background())
	end(health.Degraded("misconfigured"))
	return health.NewHandler(ctx)
}

// healthParts finds the parts of what h and cfg are made of.
func (h *Handler) healthParts(cfg Config) []health.Part {
	parts := condition.Of(h.client, h.issuer, h.authenticate)
	if h.resolver != nil {
		parts = append(parts, condition.Of(h.resolver)...)
	}
	if cfg.Webhook != nil && cfg.Webhook.Secrets != nil {
		parts = append(parts, cfg.Webhook.Secrets.HealthParts()...)
	}
	if cfg.Pages.SDKKeys != nil {
		parts = append(parts, cfg.Pages.SDKKeys.HealthParts()...)
	}
	if cfg.Connections != nil {
		parts = append(parts, cfg.Connections.HealthParts()...)
	}
	if f, ok := cfg.Fleet.(health.Reporter); ok && !isNil(f) {
		parts = append(parts, f.HealthParts()...)
	}
	return append(parts, cfg.Health...)
}

// checkHealth reports what is wrong with the parts of the application.
func (c Config) checkHealth() error {
	var errs []error
	for i, part := range c.Health {
		if !isPartName(part.Name) {
			errs = append(errs, fmt.Errorf("pme: Health[%d].Name is %q: give a name of 1 to 40 letters, digits, hyphens and underscores", i, part.Name))
		}
		if part.Check == nil {
			errs = append(errs, fmt.Errorf("pme: Health[%d].Check is missing: give a function such as (*sql.DB).PingContext", i))
		}
	}
	return errors.Join(errs...)
}

func isPartName(name string) bool {
	odd := func(c rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", c)
	}
	return name != "" && len(name) <= 40 && !strings.ContainsFunc(name, odd)
}
