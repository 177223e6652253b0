//go:build unix

package redistest_test

import (
	"crypto/tls"
	"testing"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/fleet/internal/redistest"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		option      redistest.Option
		withoutCert bool // whether a client without a certificate is accepted
	}{
		"TLS":  {redistest.WithTLS(), true},
		"mTLS": {redistest.WithMutualTLS(), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, test.option, redistest.WithPassword("secret"))
			c, err := connect(t, s, s.URL())
			if err != nil {
				t.Fatal(err)
			}
			if err := ping(t.Context(), c); err != nil {
				t.Error(err)
			}
			if err := try(t, s, s.Certificates().ClientConfig(false)); (err == nil) != test.withoutCert {
				t.Errorf("without a certificate: %v", err)
			}
			if try(t, s, &tls.Config{MinVersion: tls.VersionTLS12}) == nil {
				t.Error("a client that does not know the authority accepts the server")
			}
			if try(t, s, nil) == nil {
				t.Error("a client without TLS is accepted")
			}
		})
	}
}

// try connects once.
func try(t *testing.T, s *redistest.Server, config *tls.Config) error {
	t.Helper()
	c, err := rueidis.NewClient(rueidis.ClientOption{
		InitAddress: []string{s.Addr()}, Password: "secret", TLSConfig: config, DisableCache: true, ForceSingleClient: true,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return ping(t.Context(), c)
}
