package hostjwt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware/internal/token"
	"github.com/go-pme/pme/secret"
)

// keys check signatures of one algorithm.
type keys interface {
	// verify returns the payload, and by which key it is signed. The error is a [*token.Untrusted] if no key has
	// signed the token, and another one if that cannot be told.
	verify(ctx context.Context, text string) (payload []byte, by string, err error)

	// holds reports whether a token signed by that key still counts.
	holds(by string) bool

	parts() []health.Part
	close()
}

// lengths are the lengths of HMAC keys in bytes (RFC 7518 §3.2).
var lengths = map[string]int{"HS256": 32, "HS384": 48, "HS512": 64}

// newKeys returns the keys that cfg names for its algorithm, and no others: a public key never becomes the secret of
// an HMAC, as in attacks on algorithms (RFC 8725 §2.1, §3.1).
func newKeys(cfg Config) (keys, error) {
	symmetric := lengths[cfg.Algorithm] > 0
	given := 0
	for _, is := range []bool{cfg.Keys != nil, cfg.PublicKey != "", cfg.JWKSURL != ""} {
		if is {
			given++
		}
	}
	switch {
	case !symmetric && !slices.Contains(provider.Algorithms, cfg.Algorithm):
		return nil, fmt.Errorf("hostjwt: Algorithm is %+.40q, and must be the one that the host signs with, such as HS256 or RS256", cfg.Algorithm)
	case symmetric && (cfg.Keys == nil || given != 1):
		return nil, fmt.Errorf("hostjwt: Keys, and neither PublicKey nor JWKSURL, must have the secret key for %s", cfg.Algorithm)
	case !symmetric && (cfg.Keys != nil || given != 1):
		return nil, fmt.Errorf("hostjwt: PublicKey or JWKSURL, one of them and not Keys, must say which key is for %s", cfg.Algorithm)
	case symmetric:
		return newSecretKeys(cfg)
	case cfg.PublicKey != "":
		public, err := parsePublicKeys(cfg.PublicKey, cfg.Algorithm)
		if err != nil {
			return nil, fmt.Errorf("hostjwt: PublicKey: %w", err)
		}
		return publicKeys{public, cfg.Algorithm}, nil
	case !isSecure(cfg.JWKSURL):
		return nil, errors.New("hostjwt: JWKSURL must be the https address of the host's key set, or http on a loopback address, without user and fragment")
	}
	client := provider.NewClient(cfg.HTTPClient)
	set := provider.NewKeys(provider.Config{Issuer: cfg.Issuer, KeySetURL: cfg.JWKSURL, Client: client, Logger: cfg.Logger, Now: cfg.Now})
	return &publishedKeys{set: set, algorithm: cfg.Algorithm, end: func() { set.Close(); client.CloseIdleConnections() }}, nil
}

// errNotSigned is for forged tokens and for those of a key that was replaced: they cannot be told apart.
var errNotSigned = token.Invalid("no key of the host has signed the token")

// signedBy returns the payload if the key has signed the token.
func signedBy(text, algorithm string, key any) ([]byte, bool) {
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)})
	if err != nil {
		return nil, false
	}
	payload, err := jws.Verify(key)
	return payload, err == nil
}

// secretKeys are those of an HMAC.
type secretKeys struct {
	source    *secret.Source
	algorithm string
	remove    func()
}

func newSecretKeys(cfg Config) (keys, error) {
	least := lengths[cfg.Algorithm]
	remove, err := cfg.Keys.Register(secret.Consumer{
		Check: func(key string) error {
			switch {
			case strings.Contains(key, "-----BEGIN"):
				return fmt.Errorf("it is a key in PEM, and %s needs a secret text", cfg.Algorithm)
			case len(key) < least:
				return fmt.Errorf("a key for %s must have at least %d bytes: take openssl rand -base64 %d", cfg.Algorithm, least, least)
			}
			return nil
		},
		Changed: func(c secret.Change) { cfg.Events.Emit(context.Background(), c.Event("host token key")) },
	})
	if err != nil {
		return nil, fmt.Errorf("hostjwt: Keys: %w", err)
	}
	return &secretKeys{cfg.Keys, cfg.Algorithm, remove}, nil
}

func (k *secretKeys) verify(_ context.Context, text string) ([]byte, string, error) {
	for _, key := range k.source.Values() {
		if payload, ok := signedBy(text, k.algorithm, []byte(key)); ok {
			return payload, key, nil
		}
	}
	return nil, "", errNotSigned
}

func (k *secretKeys) holds(by string) bool { return slices.Contains(k.source.Values(), by) }

func (k *secretKeys) parts() []health.Part { return k.source.HealthParts() }

func (k *secretKeys) close() { k.remove() }

// publicKeys are those of the configuration.
type publicKeys struct {
	keys      []any
	algorithm string
}

func (k publicKeys) verify(_ context.Context, text string) ([]byte, string, error) {
	for _, key := range k.keys {
		if payload, ok := signedBy(text, k.algorithm, key); ok {
			return payload, "", nil
		}
	}
	return nil, "", errNotSigned
}

func (publicKeys) holds(string) bool { return true }

func (publicKeys) parts() []health.Part { return nil }

func (publicKeys) close() {}

// publishedKeys are those of a key set that the host publishes.
type publishedKeys struct {
	set       *provider.Keys
	algorithm string
	end       func()
}

func (k *publishedKeys) verify(ctx context.Context, text string) ([]byte, string, error) {
	s := &provider.Signature{Keys: k.set}
	err := s.Screen(ctx, text, []string{k.algorithm})
	var payload []byte
	if err == nil {
		payload, err = s.VerifySignature(ctx, text)
	}
	switch {
	case err == nil:
		return payload, "", nil
	case s.Unavailable != nil:
		return nil, "", fmt.Errorf("hostjwt: the signature of a token cannot be checked: %w", s.Unavailable)
	}
	return nil, "", errNotSigned
}

func (*publishedKeys) holds(string) bool { return true } // until Remember

func (k *publishedKeys) parts() []health.Part { return []health.Part{k.set.HealthPart("keys")} }

func (k *publishedKeys) close() { k.end() }
