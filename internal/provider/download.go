package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// download fetches the keys.
func (k *Keys) download(ctx context.Context) (*keySet, error) {
	address := k.cfg.KeySetURL
	if address == "" {
		var err error
		if address, err = k.discover(ctx); err != nil {
			return nil, err
		}
	}
	body, err := get(ctx, k.cfg.Client, address)
	if err != nil {
		return nil, err
	}
	return parseKeySet(body, k.cfg.Now())
}

// discover asks the provider where its keys are (OpenID Connect Discovery 1.0 §4).
func (k *Keys) discover(ctx context.Context) (string, error) {
	body, err := FetchDiscovery(ctx, k.cfg.Client, k.cfg.Issuer, k.cfg.DiscoveryURL)
	if err != nil {
		return "", err
	}
	var discovery struct {
		Keys string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &discovery); err != nil {
		return "", fmt.Errorf("the discovery document cannot be read: %w", err)
	}
	keys, err := url.Parse(discovery.Keys)
	if err != nil || strings.HasPrefix(k.cfg.Issuer, "https:") && keys.Scheme != "https" {
		return "", errors.New("the discovery document has no https URL for its jwks_uri")
	}
	return keys.String(), nil
}

// get returns the body of an answer; how long one may be is the client's part.
func get(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for it: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	res, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, &StatusError{address, res.StatusCode}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("GET %s: the answer breaks off: %w", address, err)
	}
	return body, nil
}
