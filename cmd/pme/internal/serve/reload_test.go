package serve_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

func TestReloadTellsOfANewPublicKey(t *testing.T) {
	name := filepath.Join(t.TempDir(), "host.pem")
	write := func() {
		public, _, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write()
	cfg := small(t)
	cfg.Login = config.Login{JWT: &config.JWT{Cookie: "id", Algorithm: "EdDSA", PublicKey: name, Issuer: "host", Audience: "pme"}}
	g := build(t, cfg)
	if news := g.Reload(t.Context()); len(news) != 0 {
		t.Errorf("nothing has changed: %q", news)
	}
	write()
	if news := g.Reload(t.Context()); len(news) != 1 || !has(news[0], "login.jwt.public_key", "restart") {
		t.Errorf("%q", news)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if news := g.Reload(t.Context()); len(news) != 1 || !has(news[0], "login.jwt.public_key", "cannot be read") {
		t.Errorf("%q", news)
	}
}
