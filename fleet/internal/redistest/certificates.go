//go:build unix

package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificates are those of one test: an authority, and a server and a client that it vouches for. The fields are paths of PEM files.
type Certificates struct {
	CA                    string
	ServerCert, ServerKey string
	ClientCert, ClientKey string

	pool   *x509.CertPool
	client tls.Certificate
}

// ClientConfig returns what trusts the authority and, if mutual is set, shows the client's certificate.
func (c *Certificates) ClientConfig(mutual bool) *tls.Config {
	config := &tls.Config{RootCAs: c.pool, MinVersion: tls.VersionTLS12}
	if mutual {
		config.Certificates = []tls.Certificate{c.client}
	}
	return config
}

// NewCertificates makes an authority, and what it vouches for. Servers with TLS have one of their own.
func NewCertificates(tb testing.TB) *Certificates {
	tb.Helper()
	dir := tb.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	c := &Certificates{
		CA:         path("ca.crt"),
		ServerCert: path("server.crt"), ServerKey: path("server.key"),
		ClientCert: path("client.crt"), ClientKey: path("client.key"),
		pool: x509.NewCertPool(),
	}
	if err := c.write(path("ca.key")); err != nil {
		tb.Fatalf("redistest: certificates: %v", err)
	}
	return c
}

func (c *Certificates) write(caKey string) error {
	ca, err := newKeyPair("redistest CA", nil)
	if err != nil {
		return err
	}
	server, err := newKeyPair("redistest server", ca)
	if err != nil {
		return err
	}
	client, err := newKeyPair("redistest client", ca)
	if err != nil {
		return err
	}
	c.pool.AddCert(ca.certificate)
	c.client = tls.Certificate{Certificate: [][]byte{client.certificate.Raw}, PrivateKey: client.key}
	for i, files := range [][2]string{{c.CA, caKey}, {c.ServerCert, c.ServerKey}, {c.ClientCert, c.ClientKey}} {
		if err := []*keyPair{ca, server, client}[i].write(files[0], files[1]); err != nil {
			return err
		}
	}
	return nil
}

type keyPair struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// newKeyPair makes a certificate that ca signs. Without ca it makes an authority.
func newKeyPair(name string, ca *keyPair) (*keyPair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template, err := newTemplate(name)
	if err != nil {
		return nil, err
	}
	parent := ca
	if ca == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
		parent = &keyPair{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.certificate, key.Public(), parent.key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	return &keyPair{certificate, key}, err
}

func newTemplate(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
		// A server is also the client of its primary and of the cluster's other nodes.
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		DNSNames:              []string{"localhost"},
		BasicConstraintsValid: true,
	}, err
}

func (p *keyPair) write(certificate, key string) error {
	der, err := x509.MarshalPKCS8PrivateKey(p.key)
	if err != nil {
		return err
	}
	if err := os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.certificate.Raw}), 0o600)
}
