package provider

import (
	"net/http"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

// The states of a provider. Unauthenticated probes show them.
const (
	HealthKeys    = health.Degraded("the keys of the identity provider cannot be fetched")
	healthSilent  = health.Degraded("the identity provider does not answer")
	healthFailing = health.Degraded("the identity provider answers with errors")
	healthRefused = health.Degraded("the identity provider refuses the application, an operator has to check its client ID and secret")
)

// HealthPart returns a part that is degraded if the last fetch failed, even while older keys serve.
func (k *Keys) HealthPart(name string) health.Part { return k.health.Part(name) }

// An Observer notes how calls to a provider go. The zero value is ready for use.
type Observer struct {
	calls, grants condition.Condition
}

// HealthParts returns the parts that o has noted something about.
func (o *Observer) HealthParts(name string) []health.Part {
	return []health.Part{o.calls.Part(name), o.grants.Part(name)}
}

// Observe has o note the calls of a client of [NewClient].
func (o *Observer) Observe(c *http.Client) { c.Transport = &observed{c.Transport, o} }

type observed struct {
	next     http.RoundTripper
	observer *Observer
}

func (t *observed) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(r)
	t.observer.note(r, res, err)
	return res, err
}

// note looks at the credentials only where they are sent, which is the token endpoint: all calls but those to
// it are a GET. A grant that is refused is answered with 400 (RFC 6749 §5.2), which is no failure of the provider.
func (o *Observer) note(r *http.Request, res *http.Response, err error) {
	if err != nil {
		o.calls.Note(r.Context(), err, healthSilent)
		return
	}
	if r.Method == http.MethodPost && res.StatusCode == http.StatusUnauthorized {
		o.grants.Degraded(healthRefused)
	} else if r.Method == http.MethodPost {
		o.grants.Well()
	}
	if res.StatusCode >= http.StatusInternalServerError {
		o.calls.Degraded(healthFailing)
	} else {
		o.calls.Well()
	}
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (t *observed) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
