package hostjwt

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

const (
	maxPublicKeys = 4

	// minRSA is in bits (RFC 7518 §3.3).
	minRSA = 2048
)

// parsePublicKeys reads public keys in PEM (RFC 7468 §13) that are all for the algorithm.
func parsePublicKeys(text, algorithm string) ([]any, error) {
	var all []any
	rest := []byte(text)
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		rest = after
		key, err := parsePublicKey(block)
		if err == nil {
			err = fits(key, algorithm)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	switch {
	case len(all) == 0:
		return nil, errors.New("there is no key: it begins with -----BEGIN PUBLIC KEY-----")
	case strings.TrimSpace(string(rest)) != "":
		return nil, errors.New("there is something after the key that is no PEM")
	case len(all) > maxPublicKeys:
		return nil, fmt.Errorf("there are more than %d keys", maxPublicKeys)
	}
	return all, nil
}

func parsePublicKey(block *pem.Block) (any, error) {
	var key any
	var err error
	switch {
	case block.Type == "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case block.Type == "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, errors.New("it is a private key, which only the host may have: give the public one, as openssl pkey -pubout writes it")
	default:
		return nil, errors.New("it is neither a PUBLIC KEY nor an RSA PUBLIC KEY")
	}
	if err != nil {
		return nil, errors.New("the key cannot be read")
	}
	return key, nil
}

var curves = map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}

// fits refuses a key that the algorithm cannot use.
func fits(key any, algorithm string) error {
	good := false
	switch key := key.(type) {
	case *rsa.PublicKey:
		good = strings.HasPrefix(algorithm, "RS") || strings.HasPrefix(algorithm, "PS")
		if good && key.N.BitLen() < minRSA {
			return fmt.Errorf("an RSA key must have at least %d bits", minRSA)
		}
	case *ecdsa.PublicKey:
		good = curves[algorithm] == key.Curve
	case ed25519.PublicKey:
		good = algorithm == "EdDSA"
	}
	if !good {
		return fmt.Errorf("the key is not one for %s", algorithm)
	}
	return nil
}
