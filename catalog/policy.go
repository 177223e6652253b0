package catalog

import (
	"context"
	"log/slog"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/rescue"
)

// policy is the host's policy. If it panics, that is an error: the policy's other users go on, and nothing is listed.
type policy struct {
	access.Policy
	log *slog.Logger
}

// thePolicy is how the log names the policy if it panics.
const thePolicy = "the policy"

func (p policy) grants(ctx context.Context, u *identity.User) (out access.Grants, err error) {
	defer rescue.Into(p.log, thePolicy, &err)
	return p.Grants(ctx, u)
}

func (p policy) allowed(ctx context.Context, u *identity.User, model string) (ok bool, err error) {
	defer rescue.Into(p.log, thePolicy, &err)
	return p.Allowed(ctx, u, model)
}

// allowedAmong answers for all models at once, with ok being false if the policy cannot.
func (p policy) allowedAmong(ctx context.Context, u *identity.User, models []string) (allowed []string, ok bool, err error) {
	bulk, ok := p.Policy.(access.BulkPolicy)
	if !ok {
		return nil, false, nil
	}
	defer rescue.Into(p.log, thePolicy, &err)
	allowed, err = bulk.AllowedAmong(ctx, u, models)
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
		return namer.ModelName(ctx, u, model)
	}
	grants, err := p.Grants(ctx, u)
	for _, m := range grants.Models {
		if m.ID == model {
			return m.Name, err
		}
	}
	return "", err
}
