package stream

import (
	"encoding/json"
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/sse"
)

// A Page is a page that reads a stream.
type Page struct {
	User      string                          // whom the gate has recognized
	Request   *http.Request                   // as it came, so that the gate can be asked again
	Require   func(http.Handler) http.Handler // the gate
	SignedOut answer.Refusal                  // what the page is told if the user is no longer signed in

	// Changes gets a value when there may be something to tell.
	Changes *revocations.Listener

	// Look tells what has changed. It is called with the user of whom the gate has just said that they are signed in:
	// at first, when Changes gets a value, and every 25 seconds. changed is false if only time has passed. An error ends
	// the stream.
	Look func(u *identity.User, changed bool, tell Tell) error
}

// Tell writes an event. An error means that the browser is gone.
type Tell func(name string, n Notice) error

// A Notice is the data of an event.
type Notice struct {
	Model       string `json:"modelId,omitempty"`
	Error       string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
}

// look asks the gate again, and then Look. It reports whether the stream goes on.
func (p Page) look(changed bool, out *sse.Writer) bool {
	tell := func(name string, n Notice) error {
		data, err := json.Marshal(n)
		if err != nil {
			return err
		}
		return out.Event(name, data)
	}
	u, known := p.again()
	switch {
	case !known:
		return true
	case u == nil || u.ID != p.User:
		_ = tell("refused", Notice{Error: p.SignedOut.Code, Description: p.SignedOut.Text})
		return false
	}
	return p.Look(u, changed, tell) == nil
}

// again asks the gate who sent the request. It reports false if the gate cannot tell at present.
func (p Page) again() (u *identity.User, known bool) {
	out := verdict{header: make(http.Header)}
	p.Require(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		u, _ = identity.FromContext(r.Context())
	})).ServeHTTP(&out, p.Request.Clone(p.Request.Context()))
	return u, u != nil || out.status < http.StatusInternalServerError
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
