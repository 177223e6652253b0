package acceptance_test

import (
	"crypto/tls"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
)

// A topology starts servers, and returns how a fleet reaches them and a server of them. It asks for TLS if the servers do.
type topology struct {
	name  string
	start func(*testing.T, ...redistest.Option) (fleet.Config, *redistest.Server)
}

var topologies = []topology{
	{"Single", func(t *testing.T, opts ...redistest.Option) (fleet.Config, *redistest.Server) {
		server := redistest.Start(t, opts...)
		return fleet.Config{Addresses: []string{server.Addr()}}, server
	}},
	{"Sentinels", func(t *testing.T, opts ...redistest.Option) (fleet.Config, *redistest.Server) {
		s := redistest.StartSentinel(t, opts...)
		return fleet.Config{Addresses: s.Addrs(), Sentinel: fleet.Sentinel{Master: redistest.MasterName}}, s.Primary(t)
	}},
	{"Cluster", func(t *testing.T, opts ...redistest.Option) (fleet.Config, *redistest.Server) {
		c := redistest.StartCluster(t, opts...)
		return fleet.Config{Addresses: c.Addrs()[:1]}, c.Nodes()[0]
	}},
}

// A wrong is what an operator got wrong, and a word of the error that helps.
type wrong struct {
	name   string
	change func(*fleet.Config)
	want   string
}

// A protection is how servers are protected, what is right, and what is wrong.
type protection struct {
	name   string
	opts   []redistest.Option
	right  func(*fleet.Config, *redistest.Server)
	wrongs []wrong
}

func protections(t *testing.T) []protection {
	t.Helper()
	rights, withSentinels, inCluster := documented(t)
	rights = strings.Join(append([]string{rights}, append(withSentinels, inCluster...)...), " ")
	other := redistest.NewCertificates(t)
	withTLS := func(cfg *fleet.Config, server *redistest.Server) { cfg.TLS = server.TLSConfig() }
	noPassword := wrong{"NoPassword", func(cfg *fleet.Config) { cfg.Password = "" }, "Password"}
	wrongPassword := wrong{"WrongPassword", func(cfg *fleet.Config) { cfg.Password = "incorrect" }, "Password"}
	wrongCA := wrong{"WrongCA", func(cfg *fleet.Config) { cfg.TLS.RootCAs = other.ClientConfig(false).RootCAs }, "TLS.RootCAs"}
	return []protection{
		{
			name: "Open", right: func(*fleet.Config, *redistest.Server) {},
			wrongs: []wrong{{"APassword", func(cfg *fleet.Config) { cfg.Password = "secret" }, "Password"}},
		},
		{
			name: "Password", opts: []redistest.Option{redistest.WithPassword("secret")},
			right:  func(cfg *fleet.Config, _ *redistest.Server) { cfg.Password = "secret" },
			wrongs: []wrong{noPassword, wrongPassword},
		},
		{
			name: "User", opts: []redistest.Option{redistest.WithUser("pme", rights), redistest.WithoutDefaultUser()},
			right: func(cfg *fleet.Config, _ *redistest.Server) { cfg.Username, cfg.Password = "pme", "secret" },
			wrongs: []wrong{
				wrongPassword,
				{"AnotherUser", func(cfg *fleet.Config) { cfg.Username = "other" }, "Username"},
				{"NoUser", func(cfg *fleet.Config) { cfg.Username = "" }, "Username"},
			},
		},
		{
			name: "TLS", opts: []redistest.Option{redistest.WithTLS()}, right: withTLS,
			wrongs: []wrong{
				wrongCA,
				{"AnotherName", func(cfg *fleet.Config) { cfg.TLS.ServerName = "other.example" }, "TLS.ServerName"},
			},
		},
		{
			name: "MutualTLS", opts: []redistest.Option{redistest.WithMutualTLS()}, right: withTLS,
			wrongs: []wrong{
				wrongCA,
				{"NoCertificate", func(cfg *fleet.Config) { cfg.TLS.Certificates = nil }, "TLS.Certificates"},
				{"AnotherCertificate", func(cfg *fleet.Config) { cfg.TLS.Certificates = other.ClientConfig(true).Certificates }, "TLS.Certificates"},
			},
		},
	}
}

func TestEachTopologyIsReached(t *testing.T) {
	t.Parallel()
	for _, topology := range topologies {
		for _, protection := range protections(t) {
			t.Run(topology.name+protection.name, func(t *testing.T) {
				t.Parallel()
				cfg, server := topology.start(t, protection.opts...)
				protection.right(&cfg, server)
				cfg.Namespace = fleettest.Namespace()
				works(t, fleettest.Open(t, cfg), fleettest.Open(t, cfg))
				for _, wrong := range protection.wrongs {
					if cfg.TLS != nil {
						cfg.TLS = server.TLSConfig()
					}
					bad := cfg
					wrong.change(&bad)
					wantHelp(t, wrong.name, bad, wrong.want)
				}
			})
		}
	}
}

// wantHelp wants that Open fails soon, with one line that names what to correct.
func wantHelp(t *testing.T, name string, cfg fleet.Config, want string) {
	t.Helper()
	cfg.Logger = slog.New(slog.DiscardHandler)
	began := time.Now()
	f, err := fleet.Open(t.Context(), fleettest.Config(cfg))
	if err == nil {
		t.Errorf("%s: no error; health: %v", name, f.HealthParts()[0].Check(t.Context()))
		_ = f.Close()
		return
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("%s: it takes %v", name, took)
	}
	if text := err.Error(); !strings.Contains(text, want) || strings.Contains(text, "\n") || strings.Contains(text, "incorrect") {
		t.Errorf("%s: the error does not help: %v", name, err)
	}
	t.Logf("%s: %v", name, err)
}

func TestSentinelsHaveCredentialsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t, redistest.WithPassword("secret"), redistest.WithSentinelPassword("another"))
	cfg := fleet.Config{
		Addresses: s.Addrs(), Password: "secret", Sentinel: fleet.Sentinel{Master: redistest.MasterName, Password: "another"},
		Namespace: fleettest.Namespace(),
	}
	f := fleettest.Open(t, cfg)
	works(t, f, f)
	inFile := cfg
	inFile.Password, inFile.PasswordFile = "", filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(inFile.PasswordFile, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	works(t, f, fleettest.Open(t, inFile))
	for name, bad := range map[string]wrong{
		"NoPassword":    {change: func(cfg *fleet.Config) { cfg.Sentinel.Password = "" }, want: "Sentinel"},
		"WrongPassword": {change: func(cfg *fleet.Config) { cfg.Sentinel.Password = "incorrect" }, want: "Sentinel"},
		"WrongMaster":   {change: func(cfg *fleet.Config) { cfg.Sentinel.Master = "other" }, want: "Sentinel.Master"},
		"NoMaster":      {change: func(cfg *fleet.Config) { *cfg = fleet.Config{Addresses: cfg.Addresses[:1], Password: "another"} }, want: "Sentinel.Master"},
		"NoSentinels": {change: func(cfg *fleet.Config) {
			cfg.Addresses, cfg.Sentinel.Password = []string{s.Primary(t).Addr()}, "secret"
		}, want: "Sentinel"},
	} {
		changed := cfg
		bad.change(&changed)
		wantHelp(t, name, changed, bad.want)
	}
}

func TestPasswordFileIsForTheServerAlone(t *testing.T) {
	t.Parallel()
	s := redistest.StartSentinel(t, redistest.WithPassword("secret"))
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := fleettest.Open(t, fleet.Config{Addresses: s.Addrs(), PasswordFile: file, Sentinel: fleet.Sentinel{Master: redistest.MasterName}})
	works(t, f, f)
}

// What looks like an outage is one: the fleet starts, says that it is degraded, and works once the server does.
func TestOutagesDoNotEndTheStart(t *testing.T) {
	t.Parallel()
	secured := redistest.Start(t, redistest.WithTLS())
	open := redistest.Start(t)
	proxy := netfault.Start(t, open.Addr())
	proxy.Refuse()
	quiet := slog.New(slog.DiscardHandler)
	for name, cfg := range map[string]fleet.Config{
		"Refused":    {Addresses: []string{proxy.Addr()}},
		"PlainToTLS": {Addresses: []string{secured.Addr()}},
		"TLSToPlain": {Addresses: []string{open.Addr()}, TLS: &tls.Config{MinVersion: tls.VersionTLS12}},
	} {
		cfg.Logger = quiet
		began := time.Now()
		f := fleettest.Open(t, cfg)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: it takes %v", name, took)
		}
		err := f.HealthParts()[0].Check(t.Context())
		if err == nil {
			t.Errorf("%s: it is well", name)
		}
		t.Logf("%s: %v", name, err)
	}
	f := fleettest.Open(t, fleet.Config{Addresses: []string{proxy.Addr()}, Logger: quiet})
	proxy.Heal(t)
	fleettest.Eventually(t, "it is well", func() bool { return f.HealthParts()[0].Check(t.Context()) == nil })
	works(t, f, f)
	wantHelp(t, "NoCluster", fleet.Config{Addresses: []string{open.Addr(), open.Addr()}}, "cluster")
	wantHelp(t, "NoPasswordFile", fleet.Config{Addresses: []string{open.Addr()}, PasswordFile: "/does/not/exist"}, "PasswordFile")
	wantHelp(t, "NoDatabase", fleet.Config{URL: open.URL() + "/99"}, "database")
}
