package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/fleet"
)

var outages = map[string]fleet.OnOutage{"": fleet.FailClosed, "fail_closed": fleet.FailClosed, "mint_locally": fleet.MintLocally}

// ProbeFleet asks the Redis of the fleet whether a gateway could join, and leaves nothing there. It reports whether Redis does not answer,
// which [Build] does not mind, or else what keeps a gateway from joining.
func ProbeFleet(ctx context.Context, cfg config.Config) (problems Problems, isAway bool) {
	b := &builder{cfg: cfg}
	fc, ok := b.fleetConfig()
	if !ok {
		return b.problems, false
	}
	fc.Logger = slog.New(slog.DiscardHandler)
	err := fleet.Probe(ctx, fc)
	if errors.Is(err, fleet.ErrUnavailable) {
		return nil, true
	}
	b.problems.explain(err, fleetWords)
	return b.problems, false
}

func (b *builder) joinFleet() {
	fc, ok := b.fleetConfig()
	if !ok {
		return
	}
	f, err := fleet.Open(b.ctx, fc)
	if err != nil {
		b.problems.explain(err, fleetWords)
		return
	}
	b.fleet = f
	b.g.onClose(f.Close)
}

// fleetConfig reports false if there is no fleet, or a problem that the library would not put into words.
func (b *builder) fleetConfig() (fc fleet.Config, ok bool) {
	c := b.cfg.Fleet
	b.fleetKeys = keys("fleet.keys", c.Keys, &b.problems)
	if c.URL == "" && len(c.Addresses) == 0 {
		if c.Keys.IsSet() {
			b.problems.add("fleet.url", "it is missing, and fleet.keys are set: say where Redis is, or remove the keys")
		}
		return fc, false
	}
	outage, known := outages[c.OnOutage]
	if !known {
		b.problems.add("fleet.on_outage", "write fail_closed or mint_locally")
	}
	if b.problems.under("fleet.keys") {
		return fc, false // the library would say that there are none
	}
	fc = fleet.Config{
		URL: c.URL, Addresses: c.Addresses, Username: c.Username, Password: c.Password.Value(),
		Sentinel: fleet.Sentinel{Master: c.SentinelMaster}, Keys: b.fleetKeys, Namespace: c.Namespace, Lease: c.Lease,
		OnOutage: outage, MaxOutage: c.MaxOutage, WaitReplicas: c.WaitReplicas, Logger: b.log,
	}
	if c.TLS { // that of connections to addresses: a URL says by itself whether there is any
		fc.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return fc, true
}
