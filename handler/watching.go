package handler

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/sse"
	"github.com/go-pme/pme/issuer"
)

// watching is one stream of a [Watch].
type watching struct {
	*Watch
	request *http.Request // as it came, so that the gate can be asked again
	user    string
	models  []string
	out     *sse.Writer

	refused map[string]bool // the models of which the page was told that the user may not see them
	revoked map[string]bool // the models of which tokens were revoked, and the page was not told yet
}

// notice is the data of an event.
type notice struct {
	Model       string `json:"modelId,omitempty"`
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
}

// open returns the models that the user may see, as far as the page knows.
func (s *watching) open() []string {
	return slices.DeleteFunc(slices.Clone(s.models), func(model string) bool { return s.refused[model] })
}

// look asks the gate again, and then the policy about models. It reports whether the stream goes on.
func (s *watching) look(models []string) bool {
	u, known := s.again()
	switch {
	case !known:
		return true
	case u == nil || u.ID != s.user:
		refusal := refusalFor(issuer.ErrNotSignedIn)
		_ = s.event("refused", notice{Error: refusal.Code, Description: refusal.Text})
		return false
	}
	return s.tell(u, models)
}

// again asks the gate who sent the request. It reports false if the gate cannot tell at present.
func (s *watching) again() (u *identity.User, known bool) {
	out := verdict{header: make(http.Header)}
	s.require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ = identity.FromContext(r.Context())
	})).ServeHTTP(&out, s.request.Clone(s.request.Context()))
	return u, u != nil || out.status < http.StatusInternalServerError
}

// tell asks the policy about models and writes what has changed. It reports whether the stream goes on.
func (s *watching) tell(u *identity.User, models []string) bool {
	for _, model := range models {
		err := s.issuer.Authorize(event.Context(s.request), u, model)
		switch denied := errors.Is(err, issuer.ErrDenied); {
		case denied && !s.refused[model]:
			s.refused[model] = true
			delete(s.revoked, model)
			refusal := refusalFor(err)
			err = s.event("refused", notice{model, refusal.Code, refusal.Text})
		case err == nil && (s.refused[model] || s.revoked[model]):
			delete(s.refused, model)
			delete(s.revoked, model)
			err = s.event("renew", notice{Model: model})
		default: // nothing new, or the policy has failed
			err = nil
		}
		if err != nil {
			return false
		}
	}
	return true
}

func (s *watching) event(name string, n notice) error {
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return s.out.Event(name, data)
}

// verdict takes the answer of a gate that is asked again. All of it but the status is dropped.
type verdict struct {
	header http.Header
	status int
}

// Header implements [http.ResponseWriter].
func (v *verdict) Header() http.Header { return v.header }

// WriteHeader implements [http.ResponseWriter].
func (v *verdict) WriteHeader(status int) {
	if v.status == 0 {
		v.status = status
	}
}

// Write implements [http.ResponseWriter].
func (v *verdict) Write(b []byte) (int, error) {
	v.WriteHeader(http.StatusOK)
	return len(b), nil
}
