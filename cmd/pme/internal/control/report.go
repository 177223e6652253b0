package control

import (
	"context"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/event"
)

// report answers from the rules in force, with what their selectors stand for.
func (s *Server) report(ctx context.Context, q Subject) (Report, error) {
	rules, err := review.Policy(s.cfg.Target.Policy())
	if err != nil {
		return Report{}, errInternal
	}
	if q.User != nil && q.User.bare() && q.User.ID != "" {
		if u := s.find(ctx, q.User.ID); u != nil {
			q.User = &Asked{u.ID, u.Email, u.EmailVerified, u.Groups}
		}
	}
	out, err := MakeReport(rules, q, s.now())
	if err != nil {
		return Report{}, err
	}
	e := event.Event{Reason: "report"}
	if q.User != nil {
		e.User = q.User.ID
	}
	if q.Model != "" {
		e.Models = []string{q.Model}
	}
	s.acted(ctx, e)
	return out, nil
}

// MakeReport answers from rules, where no process runs.
func MakeReport(rules *review.Rules, q Subject, at time.Time) (Report, error) {
	out := Report{At: at.UTC().Truncate(time.Second), Findings: rules.Check(at)}
	if out.Findings == nil {
		out.Findings = review.Findings{}
	}
	switch {
	case q.Model != "" && q.User != nil, q.User != nil && q.User.ID == "":
		return Report{}, malformed("name a model, a user, or neither")
	case q.Model != "" && !model.MatchString(q.Model):
		return Report{}, malformed("the ID of a model is 11 letters and digits, and that of a view 25")
	case q.Model != "":
		viewers := rules.Who(q.Model, at)
		out.Viewers = &viewers
	case q.User != nil:
		holdings := rules.What(q.User.user(), at)
		out.Holdings = &holdings
	default:
		nothing, err := review.List(access.List{})
		if err != nil {
			return Report{}, errInternal
		}
		all := review.Diff(nothing, rules) // every grant is new
		out.Grants, out.Omitted = all.Gained, all.Omitted
	}
	return out, nil
}
