package control

import (
	"context"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer"
)

// model is the form of the ID of a model or a view.
var model = regexp.MustCompile(`^([0-9A-Za-z]{11}|[0-9A-Za-z]{25})$`)

var errNoSession = &Error{"not_found", "the user has no live token of this session: look at pme who", http.StatusNotFound}

// revoke revokes. It goes on if the client leaves.
func (s *Server) revoke(ctx context.Context, q Revocation) (Revoked, error) {
	if err := q.check(); err != nil {
		return Revoked{}, err
	}
	ctx = event.WithCause(context.WithoutCancel(ctx), event.Cause{By: operator(ctx), Reason: "admin"})
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	session, err := s.sessionOf(ctx, q)
	if err != nil {
		return Revoked{}, err
	}
	out, err := s.carry(ctx, q, session)
	e := event.Event{Reason: q.reason(), User: q.User, Session: session, Count: out.Tokens}
	if q.Model != "" {
		e.Models = []string{q.Model}
	}
	if err != nil {
		e.Detail = "it has failed, at least in part"
		s.cfg.Logger.ErrorContext(ctx, "revocation of an operator failed", slog.Any("error", err))
	}
	s.acted(ctx, e)
	if err != nil {
		return Revoked{}, errIncomplete
	}
	return Revoked{Tokens: out.Tokens, Pending: out.Pending}, nil
}

func (s *Server) carry(ctx context.Context, q Revocation, session string) (issuer.Revocation, error) {
	h := s.cfg.Target.PME()
	switch {
	case q.Everything:
		return h.RevokeAll(ctx) //nolint:wrapcheck // it is logged, and not shown
	case q.Model != "":
		return h.RevokeModel(ctx, q.Model) //nolint:wrapcheck // as above
	case session != "":
		return h.RevokeSession(ctx, q.User, session) //nolint:wrapcheck // as above
	}
	return h.RevokeUser(ctx, q.User) //nolint:wrapcheck // as above
}

// sessionOf looks up the session that the fingerprint stands for.
func (s *Server) sessionOf(ctx context.Context, q Revocation) (string, error) {
	if q.Session == "" {
		return "", nil
	}
	all, err := s.scan(ctx)
	if err != nil {
		return "", err
	}
	for _, t := range all {
		if k := t.Key(); k.User == q.User && k.Session != "" && fingerprint(k.User, k.Session) == q.Session {
			return k.Session, nil
		}
	}
	return "", errNoSession
}

// check refuses what names no target, or several: nothing is revoked by a guess.
func (q Revocation) check() error {
	kinds := 0
	for _, named := range []bool{q.User != "", q.Model != "", q.Everything} {
		if named {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return malformed("name one of a user, a model and everything")
	case q.Session != "" && q.User == "":
		return malformed("a session is one of a user: name the user too")
	case q.Model != "" && !model.MatchString(q.Model):
		return malformed("the ID of a model is 11 letters and digits, and that of a view 25")
	}
	return nil
}

// reason names the act in an event.
func (q Revocation) reason() string {
	switch {
	case q.Everything:
		return "revoke_all"
	case q.Model != "":
		return "revoke_model"
	case q.Session != "":
		return "revoke_session"
	}
	return "revoke_user"
}
