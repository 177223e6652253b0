package diagnosis

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

const (
	askTime   = 5 * time.Second
	maxAnswer = 1 << 20
)

// Logins asks what the ways to know people depend on: discovery documents, keys, and the host.
func Logins(ctx context.Context, cfg config.Login) (out Findings) {
	a := newAsker(http.ProxyFromEnvironment)
	if c := cfg.OIDC; c != nil {
		out = append(out, a.discovery(ctx, "login.oidc", c.Issuer, c.DiscoveryURL))
	}
	if c := cfg.Bearer; c != nil {
		out = append(out, a.discovery(ctx, "login.bearer", c.Issuer, c.DiscoveryURL))
	}
	if c := cfg.JWT; c != nil && c.JWKSURL != "" {
		out = append(out, a.keys(ctx, "login.jwt", c.JWKSURL))
	}
	if c := cfg.Whoami; c != nil {
		direct := newAsker(nil) // as the gate asks it, whose cookies no proxy sees
		out = append(out, direct.host(ctx, "login.whoami", c.URL))
	}
	return out
}

type asker struct{ *http.Client }

// newAsker follows no redirect, and keeps no connection.
func newAsker(proxy func(*http.Request) (*url.URL, error)) asker {
	return asker{&http.Client{
		Transport: &http.Transport{Proxy: proxy, DisableKeepAlives: true}, Timeout: askTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// ask returns an answer and its status. The error does not have the address, whose query can be a secret.
func (a asker) ask(ctx context.Context, address string) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, cause(err)
	}
	answer, err := a.Do(r)
	if err != nil {
		return 0, nil, cause(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer.StatusCode, body, err //nolint:wrapcheck // it is shown
}

// cause returns what is behind the words of an error that begin with an address.
func cause(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// bare returns an address without its query and its password.
func bare(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// discovery reads the discovery document of a provider.
func (a asker) discovery(ctx context.Context, part, issuer, address string) Finding {
	address = cmp.Or(address, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	status, body, err := a.ask(ctx, address)
	var said struct {
		Issuer string `json:"issuer"`
	}
	switch {
	case err != nil:
		return unanswered(part, "the provider does not answer: "+err.Error(), "look whether the provider runs and this machine reaches it; until then nobody signs in, and who is signed in stays so")
	case status != http.StatusOK:
		return fail(part, fmt.Sprintf("%s answers %d", bare(address), status), "correct "+part+".issuer, or write "+part+".discovery_url")
	case json.Unmarshal(body, &said) != nil:
		return fail(part, bare(address)+" is no discovery document", "correct "+part+".issuer, or write "+part+".discovery_url")
	case said.Issuer != issuer:
		return fail(part, fmt.Sprintf("the discovery document is that of %.100q", said.Issuer), "write that into "+part+".issuer, exactly so, if it is the right provider")
	}
	return ok(part, "the provider answers with its discovery document")
}

// keys reads a key set.
func (a asker) keys(ctx context.Context, part, address string) Finding {
	status, body, err := a.ask(ctx, address)
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	switch {
	case err != nil:
		return unanswered(part, "the keys cannot be had: "+err.Error(), "look whether the host runs and this machine reaches "+part+".jwks_url")
	case status != http.StatusOK || json.Unmarshal(body, &set) != nil || len(set.Keys) == 0:
		return fail(part, fmt.Sprintf("%s answers %d, and has no keys", bare(address), status), "correct "+part+".jwks_url: it must answer with a JSON Web Key Set")
	}
	return ok(part, "there are %d keys", len(set.Keys))
}

// host asks the host who a request without cookies is from. The right answers are those that the gate takes for signed out.
func (a asker) host(ctx context.Context, part, address string) Finding {
	status, _, err := a.ask(ctx, address)
	switch {
	case err != nil:
		return unanswered(part, "the host does not answer: "+err.Error(), "look whether the host runs and this machine reaches "+part+".url")
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNoContent:
		return ok(part, "the host answers that a request without cookies is nobody's")
	case status == http.StatusOK:
		return fail(part, "the host says who a request without cookies is from: everybody would be that person", "let the host answer 401 if there is no session")
	}
	return fail(part, fmt.Sprintf("the host answers %d to a request without cookies", status), "let the host answer 401 if there is no session, and 200 with the person if there is")
}
