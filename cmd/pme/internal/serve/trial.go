package serve

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/demo"
)

// IsDemo reports whether cfg says nothing about who people are, what they may see, and where the gateway is found by others: then
// [Demo] serves it, to this machine alone. With the credentials of an account at Matterport, the demo shows that; without anything
// about Matterport, an emulator.
func IsDemo(cfg config.Config) bool {
	none := reflect.ValueOf(cfg.Login).IsZero() && cfg.Access.File == "" && cfg.BaseURL == "" && len(cfg.Proxies) == 0
	return none && onLoopback(withDefaults(cfg).Addr)
}

// Emulated reports whether a demo shows an emulator.
func Emulated(cfg config.Config) bool {
	m := cfg.Matterport
	return m.ClientID == "" && !m.ClientSecret.IsSet() && m.APIURL == ""
}

// Demo is [Build] for a configuration that [IsDemo]: with a login that knows alice, bob and carol by the password demo, and an
// allow-list for them.
func Demo(ctx context.Context, cfg config.Config, log *slog.Logger) (*Gateway, error) {
	if !IsDemo(cfg) {
		return nil, errors.New("serve: the demo is for a configuration without login, access, base_url and proxies, and for a loopback address")
	}
	var ends []func()
	end := func() {
		for _, f := range ends {
			f()
		}
	}
	remove, err := demo.WriteAllowList(&cfg)
	if err != nil {
		return nil, Problems{ProblemOf("access.file", err)}
	}
	ends = append(ends, remove)
	if Emulated(cfg) {
		stop, err := demo.Emulate(&cfg)
		if err != nil {
			end()
			return nil, Problems{ProblemOf("matterport", err)}
		}
		ends = append(ends, stop)
	}
	g, err := build(ctx, cfg, log, &trial{})
	if err != nil {
		end()
		return nil, err
	}
	last := func(context.Context) error {
		end()
		return nil
	}
	g.closers = append([]func(context.Context) error{last}, g.closers...)
	return g, nil
}

// trial is the login of the demo.
type trial struct{ login *demo.Login }

func (t *trial) gate(b *builder) (_ pme.Authenticator, err error) {
	cfg := demo.LoginConfig{Home: b.cfg.Paths.Spaces + "/", Events: b.events, Logger: b.log}
	if b.fleet != nil {
		cfg.Revocations = b.fleet.Sessions()
		if cfg.Key, err = hkdf.Key(sha256.New, b.fleetKeys[0], nil, "pme: cookies of the demo", keySize); err != nil {
			return nil, err //nolint:wrapcheck // the length is right
		}
	}
	t.login, err = demo.NewLogin(cfg)
	if err != nil {
		return nil, err //nolint:wrapcheck // it does not happen
	}
	return t.login.Gate(), nil
}

func (t *trial) register(mux *http.ServeMux, h *pme.Handler) { t.login.Register(mux, h.RevokeUser) }
