package middleware

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-pme/pme/internal/flight"
)

const (
	keysAge     = time.Hour        // then they are fetched anew
	keysEnd     = 24 * time.Hour   // then they are of no use, even if there are no others
	keysPause   = 5 * time.Second  // between one fetch and the next
	keysTimeout = 20 * time.Second // for a fetch, which takes two calls
)

// errKeys says that the keys cannot be had just now.
var errKeys = errors.New("middleware: the keys of the identity provider cannot be had")

// providerKeys are the keys that a provider publishes, as they were fetched last.
//
// The set of go-oidc fetches them again for each signature that fits none, without a pause, and keeps
// those for ever that the provider has withdrawn. Here it is given one document at a time.
type providerKeys struct {
	issuer   string
	client   *http.Client
	logger   *slog.Logger
	now      func() time.Time
	fetching *flight.Group

	mu      sync.Mutex // held for what follows
	latest  *keyDocument
	tried   time.Time // when the last fetch ended
	failure error     // why it failed
}

func newProviderKeys(cfg BearerConfig) *providerKeys {
	return &providerKeys{
		issuer:   cfg.Issuer,
		client:   newProviderClient(cfg.HTTPClient),
		logger:   cfg.Logger,
		now:      cfg.Now,
		fetching: flight.New(),
	}
}

// VerifySignature implements [oidc.KeySet]. It fails with errKeys as long as it cannot tell.
func (k *providerKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	keys, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	payload, bad := keys.VerifySignature(ctx, token)
	if bad == nil {
		return payload, nil
	}
	// Perhaps it is a new key's.
	newer, err := k.renew(ctx, keys)
	switch {
	case err != nil:
		return nil, err
	case newer == keys:
		return nil, fmt.Errorf("middleware: no key fits: %w", bad)
	}
	return newer.VerifySignature(ctx, token)
}

// current returns keys that are not too old.
func (k *providerKeys) current(ctx context.Context) (*keyDocument, error) {
	k.mu.Lock()
	keys := k.latest
	k.mu.Unlock()
	if keys.age(k.now()) < keysAge {
		return keys, nil
	}
	newer, err := k.renew(ctx, keys)
	switch {
	case err == nil:
		return newer, nil
	case keys.age(k.now()) < keysEnd:
		return keys, nil
	}
	return nil, err
}

// renew returns newer keys than old, or old itself if the last fetch was a moment ago.
func (k *providerKeys) renew(ctx context.Context, old *keyDocument) (*keyDocument, error) {
	if newer, ok, err := k.settled(old); ok {
		return newer, err
	}
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errKeys, ctx.Err())
	case fetch := <-k.fetching.Do("", keysTimeout, k.fetch):
		if fetch.Err != nil {
			return nil, fmt.Errorf("%w: %w", errKeys, fetch.Err)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.latest, nil
}

// settled returns what renew comes to without a fetch, if it does: somebody else has fetched in the
// meantime, or the last time was a moment ago.
func (k *providerKeys) settled(old *keyDocument) (newer *keyDocument, ok bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.latest != old:
		return k.latest, true, nil
	case !k.justTried():
		return nil, false, nil
	case k.failure != nil:
		return nil, true, fmt.Errorf("%w: %w", errKeys, k.failure)
	}
	return old, true, nil
}

// justTried needs mu.
func (k *providerKeys) justTried() bool { return !k.tried.IsZero() && k.now().Sub(k.tried) < keysPause }

// fetch runs once at a time.
func (k *providerKeys) fetch(ctx context.Context) error {
	k.mu.Lock()
	done, failure := k.justTried(), k.failure
	k.mu.Unlock()
	if done { // by another fetch, between the look at it and this one
		return failure
	}
	keys, err := k.download(ctx)
	if err != nil {
		k.logger.WarnContext(ctx, "cannot fetch the keys of the identity provider",
			slog.String("issuer", k.issuer), slog.Any("error", err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tried, k.failure = k.now(), err
	if err == nil {
		k.latest = keys
	}
	return err
}

// download asks the provider where its keys are (OpenID Connect Discovery 1.0 §4), and then for them.
func (k *providerKeys) download(ctx context.Context) (*keyDocument, error) {
	body, err := k.get(ctx, strings.TrimSuffix(k.issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return nil, err
	}
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(body, &discovery); err != nil {
		return nil, fmt.Errorf("the discovery document cannot be read: %w", err)
	}
	if discovery.Issuer != k.issuer {
		return nil, fmt.Errorf("the discovery document is that of %.200q; Issuer must be written as there", discovery.Issuer)
	}
	keys, err := url.Parse(discovery.Keys)
	if err != nil || strings.HasPrefix(k.issuer, "https:") && keys.Scheme != "https" {
		return nil, errors.New("the discovery document has no https URL for its jwks_uri")
	}
	if body, err = k.get(ctx, keys.String()); err != nil {
		return nil, err
	}
	return newKeyDocument(body, k.now())
}

// get returns the body of an answer; how long one may be is the client's part.
func (k *providerKeys) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for it: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	res, err := k.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s answers with status %d", address, res.StatusCode)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("GET %s: the answer breaks off: %w", address, err)
	}
	return body, nil
}
