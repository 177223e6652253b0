package provider

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// A publicKey is a key of a set that can check signatures.
type publicKey struct {
	key       crypto.PublicKey
	algorithm string // the only one that the key is for; empty: any of its kind
}

// hashes are those of all [Algorithms] but EdDSA, which has none (RFC 7518 §3.1).
var hashes = map[string]crypto.Hash{
	oidc.RS256: crypto.SHA256, oidc.RS384: crypto.SHA384, oidc.RS512: crypto.SHA512,
	oidc.PS256: crypto.SHA256, oidc.PS384: crypto.SHA384, oidc.PS512: crypto.SHA512,
	oidc.ES256: crypto.SHA256, oidc.ES384: crypto.SHA384, oidc.ES512: crypto.SHA512,
}

var curves = map[string]elliptic.Curve{
	oidc.ES256: elliptic.P256(), oidc.ES384: elliptic.P384(), oidc.ES512: elliptic.P521(),
}

// fits reports whether the key can have made a signature of that algorithm.
func (p publicKey) fits(algorithm string) bool {
	if p.algorithm != "" && p.algorithm != algorithm {
		return false
	}
	switch key := p.key.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
	case *ecdsa.PublicKey:
		return curves[algorithm] == key.Curve
	case ed25519.PublicKey:
		return algorithm == oidc.EdDSA
	}
	return false
}

// mayHaveSigned reports whether the signature of t is that of a key which fits.
func (p publicKey) mayHaveSigned(t *compact) bool {
	signature, err := base64.RawURLEncoding.DecodeString(t.signature)
	if err != nil {
		return false
	}
	if key, ok := p.key.(ed25519.PublicKey); ok {
		return ed25519.Verify(key, []byte(t.input), signature)
	}
	hash := hashes[t.algorithm]
	if !hash.Available() {
		return false
	}
	h := hash.New()
	_, _ = h.Write([]byte(t.input))
	switch key := p.key.(type) {
	case *ecdsa.PublicKey:
		return isECDSA(key, h.Sum(nil), signature)
	case *rsa.PublicKey:
		return isRSA(key, strings.HasPrefix(t.algorithm, "PS"), hash, h.Sum(nil), signature)
	}
	return false
}

func isRSA(key *rsa.PublicKey, pss bool, hash crypto.Hash, digest, signature []byte) bool {
	if pss {
		return rsa.VerifyPSS(key, hash, digest, signature, nil) == nil
	}
	return rsa.VerifyPKCS1v15(key, hash, digest, signature) == nil
}

// isECDSA expects the two halves of RFC 7518 §3.4.
func isECDSA(key *ecdsa.PublicKey, digest, signature []byte) bool {
	size := (key.Curve.Params().BitSize + 7) / 8
	if len(signature) != 2*size {
		return false
	}
	r, s := new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])
	return ecdsa.Verify(key, digest, r, s)
}
