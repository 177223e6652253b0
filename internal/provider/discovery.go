package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// ErrOtherIssuer says that a discovery document is that of another issuer.
var ErrOtherIssuer = errors.New("the discovery document is that of another issuer")

// A StatusError is an answer of a provider that has another status than 200.
type StatusError struct {
	Address string
	Status  int
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("GET %s answers with status %d", e.Address, e.Status)
}

// FetchDiscovery returns the discovery document at address (OpenID Connect Discovery 1.0 §4). If address is empty,
// it is where the issuer should have it. The document must name the issuer, to the letter: other parts of it are NOT
// checked. Its errors may be [ErrOtherIssuer] or a [*StatusError].
func FetchDiscovery(ctx context.Context, client *http.Client, issuer, address string) ([]byte, error) {
	if address == "" {
		address = strings.TrimSuffix(issuer, "/") + "/.well-known/openid-configuration"
	}
	body, err := get(ctx, client, address)
	if err != nil {
		return nil, err
	}
	var document struct {
		Issuer string `json:"issuer"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, fmt.Errorf("the discovery document cannot be read: %w", err)
	}
	if document.Issuer != issuer {
		return nil, fmt.Errorf("%w, %.200q; Issuer must be written as there", ErrOtherIssuer, document.Issuer)
	}
	return body, nil
}
