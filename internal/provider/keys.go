package provider

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

	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/flight"
)

const (
	keysAge     = time.Hour        // then they are fetched anew
	keysEnd     = 24 * time.Hour   // then they are of no use, even if there are no others
	keysPause   = 5 * time.Second  // between one fetch and the next
	keysTimeout = 20 * time.Second // for a fetch, which takes two calls
)

// ErrKeys says that the provider's keys are not available at the moment.
var ErrKeys = errors.New("the keys of the identity provider are not available")

// Config is what [Keys] are made of. All fields are required.
type Config struct {
	Issuer string
	Client *http.Client // of [NewClient]
	Logger *slog.Logger
	Now    func() time.Time
}

// Keys are the signing keys that a provider publishes, as they were fetched last. They are fetched with
// the first signature, and again when they are an hour old or a signature fits none of them, but not
// within 5 seconds of the last fetch. While the provider does not answer, the keys of the last day serve.
//
// The remote key set of go-oidc fetches them again for each signature that fits none, without a pause,
// and keeps keys for ever that the provider has withdrawn.
type Keys struct {
	cfg      Config
	fetching *flight.Group

	mu      sync.Mutex // guards what follows
	latest  *keySet
	tried   time.Time // when the last fetch ended
	failure error     // why it failed

	health condition.Condition
}

// NewKeys returns keys that have not been fetched yet.
func NewKeys(cfg Config) *Keys { return &Keys{cfg: cfg, fetching: flight.New(cfg.Logger)} }

// Close ends a fetch in progress and waits for it. Nothing is fetched from then on.
func (k *Keys) Close() { k.fetching.Close() }

// VerifySignature implements [oidc.KeySet]. It fails with [ErrKeys] as long as it cannot tell, and with
// another error if no key has signed the token.
func (k *Keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
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
		return nil, fmt.Errorf("no key fits: %w", bad)
	}
	return newer.VerifySignature(ctx, token)
}

// current returns keys that are not too old.
func (k *Keys) current(ctx context.Context) (*keySet, error) {
	k.mu.Lock()
	keys := k.latest
	k.mu.Unlock()
	if keys.age(k.cfg.Now()) < keysAge {
		return keys, nil
	}
	newer, err := k.renew(ctx, keys)
	switch {
	case err == nil:
		return newer, nil
	case keys.age(k.cfg.Now()) < keysEnd:
		return keys, nil
	}
	return nil, err
}

// renew returns newer keys than old, or old itself if the last fetch was a moment ago.
func (k *Keys) renew(ctx context.Context, old *keySet) (*keySet, error) {
	if newer, ok, err := k.settled(old); ok {
		return newer, err
	}
	if _, err := flight.Wait(ctx, k.fetching.Do("", keysTimeout, k.fetch), 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.latest, nil
}

// settled returns what renew comes to without a fetch, if it does: somebody else has fetched in the
// meantime, or the last time was a moment ago.
func (k *Keys) settled(old *keySet) (newer *keySet, ok bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.latest != old:
		return k.latest, true, nil
	case !k.justTried():
		return nil, false, nil
	case k.failure != nil:
		return nil, true, fmt.Errorf("%w: %w", ErrKeys, k.failure)
	}
	return old, true, nil
}

// justTried needs mu.
func (k *Keys) justTried() bool { return !k.tried.IsZero() && k.cfg.Now().Sub(k.tried) < keysPause }

// lately reports whether the last fetch was a moment ago, and why it failed.
func (k *Keys) lately() (done bool, failure error) {
	k.mu.Lock()
	defer k.mu.Unlock() // also if Config.Now panics
	return k.justTried(), k.failure
}

// fetch runs once at a time.
func (k *Keys) fetch(ctx context.Context) error {
	if done, failure := k.lately(); done { // by another fetch, between the look at it and this one
		return failure
	}
	keys, err := k.download(ctx)
	if err != nil {
		k.cfg.Logger.WarnContext(ctx, "cannot fetch the keys of the identity provider",
			slog.String("issuer", k.cfg.Issuer), slog.Any("error", err))
	}
	k.health.Note(ctx, err, HealthKeys)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tried, k.failure = k.cfg.Now(), err
	if err == nil {
		k.latest = keys
	}
	return err
}

// download asks the provider where its keys are (OpenID Connect Discovery 1.0 §4), and then for them.
func (k *Keys) download(ctx context.Context) (*keySet, error) {
	body, err := k.get(ctx, strings.TrimSuffix(k.cfg.Issuer, "/")+"/.well-known/openid-configuration")
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
	if discovery.Issuer != k.cfg.Issuer {
		return nil, fmt.Errorf("the discovery document is that of %.200q; Issuer must be written as there", discovery.Issuer)
	}
	keys, err := url.Parse(discovery.Keys)
	if err != nil || strings.HasPrefix(k.cfg.Issuer, "https:") && keys.Scheme != "https" {
		return nil, errors.New("the discovery document has no https URL for its jwks_uri")
	}
	if body, err = k.get(ctx, keys.String()); err != nil {
		return nil, err
	}
	return parseKeySet(body, k.cfg.Now())
}

// get returns the body of an answer; how long one may be is the client's part.
func (k *Keys) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for it: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	res, err := k.cfg.Client.Do(r)
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
