package handler

import (
	"errors"
	"net/http"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/stream"
	"github.com/go-pme/pme/issuer"
)

// watching is what one stream of a [Watch] is about.
type watching struct {
	issuer  *issuer.Issuer
	request *http.Request
	models  []string
	changes *revocations.Listener

	refused map[string]bool // the models of which the page was told that the user may not see them
	revoked map[string]bool // the models of which tokens were revoked, and the page was not told yet
}

// look tells what has changed. If only time has passed, it asks about the models that the user may see, as far as the
// page knows.
func (s *watching) look(u *identity.User, changed bool, tell stream.Tell) error {
	for _, model := range s.changes.Revoked() {
		s.revoked[model] = true
	}
	models := s.models
	if !changed {
		models = slices.DeleteFunc(slices.Clone(s.models), func(model string) bool { return s.refused[model] })
	}
	return s.tell(u, models, tell)
}

// tell asks the policy about models and writes what has changed.
func (s *watching) tell(u *identity.User, models []string, tell stream.Tell) error {
	for _, model := range models {
		err := s.issuer.Authorize(event.Context(s.request), u, model)
		switch denied := errors.Is(err, issuer.ErrDenied); {
		case denied && !s.refused[model]:
			s.refused[model] = true
			delete(s.revoked, model)
			refusal := refusalFor(err)
			err = tell("refused", stream.Notice{Model: model, Error: refusal.Code, Description: refusal.Text})
		case err == nil && (s.refused[model] || s.revoked[model]):
			delete(s.refused, model)
			delete(s.revoked, model)
			err = tell("renew", stream.Notice{Model: model})
		default: // nothing new, or the policy has failed
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}
