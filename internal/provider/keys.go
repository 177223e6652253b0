package provider

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/internal/flight"
)

const (
	keysStale    = 50 * time.Minute // then they are fetched anew while they serve
	keysAge      = time.Hour        // then they are fetched anew first
	keysEnd      = 24 * time.Hour   // then they are of no use, even if there are no others
	keysPause    = 5 * time.Second  // between one fetch and the next
	keysTimeout  = 20 * time.Second // for a fetch, which takes two calls
	keysPatience = time.Second      // with a fetch, by a token that older keys can check
)

var (
	// ErrKeys says that the provider's keys are not available at the moment.
	ErrKeys = errors.New("the keys of the identity provider are not available")

	// ErrTooSoon says that a token may be signed with a key that is newer than the keys, which were fetched a moment
	// ago. A few seconds later the token can be judged.
	ErrTooSoon = errors.New("the token's key is unknown, and the keys were fetched a moment ago")
)

var errAlgorithm = errors.New("the token's algorithm is not one of those that are accepted")

// Config is what [Keys] are made of. All fields but DiscoveryURL and KeySetURL are required.
type Config struct {
	Issuer       string
	DiscoveryURL string       // as in [FetchDiscovery]
	KeySetURL    string       // where the keys are, if there is no discovery
	Client       *http.Client // of [NewClient]
	Logger       *slog.Logger
	Now          func() time.Time
}

// Keys are the signing keys that a provider publishes, as they were fetched last. They are fetched with
// the first signature, and again when they are an hour old or a signature fits none of them, but not
// within 5 seconds of the last fetch, unless the token came from the provider itself: see AtOnce. While the provider does not answer, the keys of the last day serve: a
// token of theirs waits for the first second of a fetch at most, and not at all in the keys' first hour.
//
// The remote key set of go-oidc fetches them again for each signature that fits none, without a pause,
// and keeps keys for ever that the provider has withdrawn.
type Keys struct {
	cfg      Config
	fetching *flight.Group

	mu      sync.Mutex // guards what follows
	latest  *keySet
	began   time.Time // when the fetch in progress began; zero: there is none
	tried   time.Time // when the last fetch ended
	failure error     // why it failed
	told    string    // the keys that were left out, as last told in the log

	health condition.Condition
}

// NewKeys returns keys that have not been fetched yet.
func NewKeys(cfg Config) *Keys { return &Keys{cfg: cfg, fetching: flight.New(cfg.Logger)} }

// Close ends a fetch in progress and waits for it. Nothing is fetched from then on.
func (k *Keys) Close() { k.fetching.Close() }

// Screen refuses a token that is not in order, is not signed with one of the algorithms, or that no key has
// signed, before anything of it but the header is read. A forged token can be sent by everybody and as often
// as one likes; checked here, it costs a fraction of what the whole check costs. An error is as from
// VerifySignature. No error does NOT mean that the signature is good: VerifySignature says that.
func (k *Keys) Screen(ctx context.Context, token string, algorithms []string) error {
	t, err := parseCompact(token)
	if err != nil {
		return err
	}
	if !slices.Contains(algorithms, t.algorithm) {
		return errAlgorithm
	}
	return k.check(ctx, k.renewInTime, func(keys *keySet) error { return keys.screen(t) })
}

// VerifySignature implements [oidc.KeySet]. It fails with [ErrKeys] or [ErrTooSoon] as long as it cannot tell, and
// with another error if no key has signed the token.
func (k *Keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	return k.verify(ctx, token, k.renewInTime)
}

// AtOnce returns the same keys for tokens that came from the provider itself, as from its token endpoint. A fetch
// for one of them does not wait until the keys are 5 seconds old: no one else can cause it.
func (k *Keys) AtOnce() oidc.KeySet { return atOnce{k} }

type atOnce struct{ *Keys }

func (k atOnce) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	return k.verify(ctx, token, k.renewAtOnce)
}

// A renewal returns newer keys than old, or old if they cannot be renewed yet.
type renewal func(ctx context.Context, old *keySet) (*keySet, error)

func (k *Keys) verify(ctx context.Context, token string, renew renewal) (payload []byte, err error) {
	err = k.check(ctx, renew, func(keys *keySet) (err error) {
		payload, err = keys.VerifySignature(ctx, token)
		return err
	})
	return payload, err
}

// check runs f with the keys of now, and once more with newer ones if f fails: perhaps it is about a new key.
func (k *Keys) check(ctx context.Context, renew renewal, f func(*keySet) error) error {
	before := k.fetched()
	keys, err := k.current(ctx)
	if err != nil {
		return err
	}
	bad := f(keys)
	if bad == nil || keys != before { // fetched for this token
		return bad
	}
	newer, err := renew(ctx, keys)
	switch {
	case err != nil:
		return err
	case newer != keys:
		return f(newer)
	case errors.Is(bad, errUnknownKey), errors.Is(bad, errUnnamedKey):
		return fmt.Errorf("%w: %w", ErrTooSoon, bad)
	}
	return fmt.Errorf("no key fits: %w", bad)
}

// current returns keys that are not too old.
func (k *Keys) current(ctx context.Context) (*keySet, error) {
	keys, good := k.serving()
	if good {
		return keys, nil
	}
	patience := keysPatience
	if keys.age(k.cfg.Now()) >= keysEnd {
		patience = 0
	}
	newer, err := k.renew(ctx, keys, patience)
	switch {
	case err == nil:
		return newer, nil
	case keys.age(k.cfg.Now()) < keysEnd:
		return keys, nil
	}
	return nil, err
}

// serving returns the keys that there are, and whether they are good enough not to wait for a fetch. It
// starts one if they soon will not be.
func (k *Keys) serving() (keys *keySet, good bool) {
	now := k.cfg.Now()
	k.mu.Lock()
	keys, began := k.latest, k.began
	k.mu.Unlock()
	age := keys.age(now)
	if slow := !began.IsZero() && now.Sub(began) >= keysPatience; age < keysStale || slow {
		return keys, age < keysEnd
	}
	if _, ok, _ := k.settled(keys); age < keysAge && !ok {
		k.fetching.Do("", keysTimeout, k.fetch)
	}
	return keys, age < keysAge
}

// renew returns newer keys than old, or old itself if the last fetch was a moment ago, or takes longer than
// patience. Patience of zero is endless.
func (k *Keys) renew(ctx context.Context, old *keySet, patience time.Duration) (*keySet, error) {
	if newer, ok, err := k.settled(old); ok {
		return newer, err
	}
	if _, err := flight.Wait(ctx, k.fetching.Do("", keysTimeout, k.fetch), patience); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	return k.fetched(), nil
}

func (k *Keys) renewInTime(ctx context.Context, old *keySet) (*keySet, error) {
	return k.renew(ctx, old, 0)
}

func (k *Keys) renewAtOnce(ctx context.Context, old *keySet) (*keySet, error) {
	if latest := k.fetched(); latest != old {
		return latest, nil
	}
	if _, err := flight.Wait(ctx, k.fetching.Do("at once", keysTimeout, k.load), 0); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeys, err)
	}
	return k.fetched(), nil
}

func (k *Keys) fetched() *keySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.latest
}

// settled returns what renew comes to without a fetch, if it does: another caller has fetched in the
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

// fetch runs once at a time.
func (k *Keys) fetch(ctx context.Context) error {
	if done, failure := k.begin(); done { // by another fetch, between the look at it and this one
		return failure
	}
	defer k.end()
	return k.load(ctx)
}

// load fetches the keys without asking whether it is time to.
func (k *Keys) load(ctx context.Context) error {
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
		k.tellLeftOut(ctx, keys.leftOut(""))
	}
	return err
}

// tellLeftOut logs which keys were left out, once for each change. It needs mu.
func (k *Keys) tellLeftOut(ctx context.Context, left string) {
	if left != k.told && left != "" {
		k.cfg.Logger.WarnContext(ctx, "keys of the identity provider left out, as they cannot be read",
			slog.String("issuer", k.cfg.Issuer), slog.String("keys", left))
	}
	k.told = left
}

func (k *Keys) begin() (done bool, failure error) {
	k.mu.Lock()
	defer k.mu.Unlock() // also if Config.Now panics
	if k.justTried() {
		return true, k.failure
	}
	k.began = k.cfg.Now()
	return false, nil
}

// end runs after a panic of the host's transport as well.
func (k *Keys) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.began = time.Time{}
}
