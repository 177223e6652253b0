package catalog

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/rescue"
)

// policy is the host's policy. If it panics, that is an error: the policy's other users go on, and nothing is listed.
type policy struct {
	access.Policy
	log   *slog.Logger
	clock clock
}

// clock is Matterport's clock, by which tokens expire. What the catalog lists with may know it; [*matterport.Client] does.
type clock interface {
	ServerTime() (now time.Time, known bool)
}

func newPolicy(cfg Config) policy {
	p := policy{Policy: cfg.Policy, log: cfg.Logger}
	if _, ok := cfg.Policy.(access.DatedPolicy); ok {
		p.clock, _ = cfg.Matterport.(clock)
	}
	return p
}

// dated has the policy judge dates by Matterport's clock, as it does when a token is asked for.
func (p policy) dated(ctx context.Context) context.Context {
	if p.clock == nil {
		return ctx
	}
	if now, known := p.clock.ServerTime(); known {
		return access.WithTime(ctx, now)
	}
	return ctx
}

// thePolicy is how the log names the policy if it panics.
const thePolicy = "the policy"

func (p policy) grants(ctx context.Context, u *identity.User) (out access.Grants, err error) {
	defer rescue.Into(p.log, thePolicy, &err)
	return p.Grants(p.dated(ctx), u)
}

func (p policy) allowed(ctx context.Context, u *identity.User, model string) (ok bool, err error) {
	defer rescue.Into(p.log, thePolicy, &err)
	return p.Allowed(p.dated(ctx), u, model)
}

// allowedAmong answers for all models at once, with ok being false if the policy cannot.
func (p policy) allowedAmong(ctx context.Context, u *identity.User, models []string) (allowed []string, ok bool, err error) {
	bulk, ok := p.Policy.(access.BulkPolicy)
	if !ok {
		return nil, false, nil
	}
	defer rescue.Into(p.log, thePolicy, &err)
	allowed, err = bulk.AllowedAmong(p.dated(ctx), u, models)
	return allowed, true, err
}

// name returns the policy's name for the model, or "" if it has none or fails: a name is no reason to refuse.
func (p policy) name(ctx context.Context, u *identity.User, model string) string {
	name, err := p.find(ctx, u, model)
	if err != nil {
		return ""
	}
	return name
}

func (p policy) find(ctx context.Context, u *identity.User, model string) (name string, err error) {
	defer rescue.Into(p.log, thePolicy, &err)
	if namer, ok := p.Policy.(access.Namer); ok {
		return namer.ModelName(p.dated(ctx), u, model)
	}
	grants, err := p.Grants(p.dated(ctx), u)
	for _, m := range grants.Models {
		if m.ID == model {
			return m.Name, err
		}
	}
	return "", err
}
