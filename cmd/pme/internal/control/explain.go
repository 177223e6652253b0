package control

import (
	"context"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
)

// explain asks the policy in force. If the question has the ID of the user alone, the user is as one of their live tokens has them.
func (s *Server) explain(ctx context.Context, q Question) (Explained, error) {
	u, known := q.User.user(), false
	if q.User.bare() {
		if found := s.find(ctx, q.User.ID); found != nil {
			u, known = found, true
		}
	}
	out, err := explain(ctx, s.cfg.Target.Policy(), u, q.Model)
	if err != nil {
		return Explained{}, err
	}
	out.Known, out.Model = known, s.named(q.Model)
	detail := "refused"
	if out.Explanation.Allowed {
		detail = "allowed"
	}
	e := event.Event{Reason: "explain", User: u.ID, Detail: detail, Policy: out.Explanation.Hash}
	if model.MatchString(q.Model) {
		e.Models = []string{q.Model}
	}
	s.acted(ctx, e)
	return out, nil
}

// find returns the user as the newest of their live tokens has them, or nil.
func (s *Server) find(ctx context.Context, id string) (u *identity.User) {
	all, err := s.scan(ctx)
	if err != nil {
		return nil // the policy is asked all the same, about what the question says
	}
	var newest time.Time
	for _, t := range all {
		if t.Key().User == id && t.User() != nil && t.ValidUntil().After(newest) {
			u, newest = t.User(), t.ValidUntil()
		}
	}
	return u
}

// Explain asks a policy, where no process runs.
func Explain(ctx context.Context, policy access.Policy, q Question) (Explained, error) {
	return explain(ctx, policy, q.User.user(), q.Model)
}

func explain(ctx context.Context, policy access.Policy, u *identity.User, id string) (Explained, error) {
	if u.ID == "" || id == "" {
		return Explained{}, malformed("name a user and a model")
	}
	why, err := access.Explain(ctx, policy, u, id)
	if err != nil {
		return Explained{}, errInternal
	}
	return Explained{User: Asked{u.ID, u.Email, u.EmailVerified, u.Groups}, Model: Model{ID: id}, Explanation: why}, nil
}

// bare reports whether nothing but the ID is given.
func (a Asked) bare() bool { return a.Email == "" && !a.EmailVerified && len(a.Groups) == 0 }

func (a Asked) user() *identity.User {
	return &identity.User{ID: a.ID, Email: a.Email, EmailVerified: a.EmailVerified, Groups: a.Groups}
}
