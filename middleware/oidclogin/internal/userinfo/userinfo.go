// Package userinfo asks a provider's userinfo endpoint for a user's claims (OpenID Connect Core 1.0 §5.3).
package userinfo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/internal/scrub"
	"github.com/go-pme/pme/middleware/oidclogin/internal/oautherror"
)

// maxDescription is the longest WWW-Authenticate header in runes that an error quotes.
const maxDescription = 300

// ErrSubject says that the answer is about another user. Its claims must not be used (§5.3.2).
var ErrSubject = errors.New("userinfo is about another user")

// A RefusedError says that the endpoint refuses, and will refuse again. After any other error but [ErrSubject],
// trying again may help.
type RefusedError struct{ reason string }

func (e *RefusedError) Error() string { return "the userinfo endpoint refuses: " + e.reason }

// An Endpoint is a userinfo endpoint.
type Endpoint struct {
	Address string
	Client  *http.Client // of [provider.NewClient]
	Keys    oidc.KeySet  // checks an answer that is signed
}

// Claims returns what the endpoint says of the user with that subject. Only the subject of the answer is checked:
// its other claims may be of any type. Errors do not contain the token.
func (e Endpoint) Claims(ctx context.Context, token *oauth2.Token, subject string) (map[string]any, error) {
	body, err := e.ask(ctx, token)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		return nil, fmt.Errorf("the answer of the userinfo endpoint cannot be read: %s", provider.Brief(err))
	}
	if claims["sub"] != subject {
		return nil, ErrSubject
	}
	return claims, nil
}

// ask returns the claims as JSON.
func (e Endpoint) ask(ctx context.Context, token *oauth2.Token) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Address, nil)
	if err != nil {
		return nil, fmt.Errorf("the userinfo endpoint cannot be asked: %s", provider.Brief(err))
	}
	r.Header.Set("Accept", "application/json")
	token.SetAuthHeader(r)
	res, err := e.Client.Do(r)
	if err != nil {
		return nil, unanswered(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, answered(res, token)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, unanswered(err)
	}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil && kind == "application/jwt" {
		return e.signed(ctx, string(body))
	}
	return body, nil
}

// signed returns the claims of an answer that is a JWT.
func (e Endpoint) signed(ctx context.Context, answer string) ([]byte, error) {
	claims, err := e.Keys.VerifySignature(ctx, answer)
	switch {
	case errors.Is(err, provider.ErrKeys):
		return nil, unanswered(err)
	case err != nil:
		return nil, &RefusedError{"its answer is encrypted, or not signed with a key of the provider"}
	}
	return claims, nil
}

func unanswered(err error) error {
	return fmt.Errorf("the userinfo endpoint does not answer: %s", provider.Brief(err))
}

// answered is the error of an answer without claims. The header says more (RFC 6750 §3).
func answered(res *http.Response, token *oauth2.Token) error {
	said := scrub.Scrubber{Secrets: []string{token.AccessToken}, Limit: maxDescription, KeepUUIDs: true}
	text := res.Status
	if more := said.Clean(res.Header.Get("WWW-Authenticate")); more != "" {
		text += ", " + more
	}
	if oautherror.OfStatus(res.StatusCode) == oautherror.Lasting {
		return &RefusedError{text}
	}
	return fmt.Errorf("the userinfo endpoint answers %s", text)
}
