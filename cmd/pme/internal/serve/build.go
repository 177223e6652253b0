package serve

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/drain"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/pages"
	"github.com/go-pme/pme/telemetry"
)

// A builder makes the parts of a gateway, one after the other. A part that cannot be made is a problem, and the others are made all the
// same, so that every problem is reported.
type builder struct {
	ctx      context.Context
	cfg      config.Config
	log      *slog.Logger
	g        *Gateway
	problems Problems

	demo      signIn // nil if there is none
	events    *event.Stream
	recent    *admin.Recent // nil without administrators
	trail     *audit.Trail  // nil without a trail
	measured  *telemetry.Telemetry
	fleet     *fleet.Fleet // nil if there is one replica
	fleetKeys [][]byte
	gate      pme.Authenticator
	auth      http.Handler // nil without the OpenID login
}

// A signIn is the login of the demo.
type signIn interface {
	// gate makes the gate.
	gate(b *builder) (pme.Authenticator, error)

	// register adds the pages of the login.
	register(mux *http.ServeMux, h *pme.Handler)
}

func build(ctx context.Context, cfg config.Config, log *slog.Logger, demo signIn) (*Gateway, error) {
	log = event.LoggerOr(log)
	cfg = withDefaults(cfg)
	b := &builder{ctx: ctx, cfg: cfg, log: log, demo: demo, g: &Gateway{cfg: cfg, log: log, drain: drain.New()}}
	checkPlace(b.cfg, &b.problems)
	if b.problems.under("base_url") {
		b.cfg.BaseURL = "https://unknown.invalid" // once is enough: addresses of the login and others are below it
	}
	b.joinFleet()
	b.openTrail()
	b.openEvents()
	b.measure()
	b.openPolicy()
	b.openGates()
	b.openConnections()
	b.openHandler()
	if len(b.problems) == 0 {
		b.route()
	}
	if len(b.problems) > 0 {
		_ = b.g.Close() // the problems count
		return nil, b.problems
	}
	b.g.rememberSecrets()
	return b.g, nil
}

// openPolicy opens the allow-list.
func (b *builder) openPolicy() {
	if b.cfg.Access.File == "" {
		b.problems.add("access.file", "it is missing: say who may see what in an allow-list, as docs/allow-list.md describes")
		return
	}
	file, err := access.OpenFile(b.cfg.Access.File, access.FileOptions{Interval: b.cfg.Access.Interval, Logger: b.log})
	if err != nil {
		b.problems.explain(err, glossary{part: "access.file", fields: map[string]string{"Interval": "access.interval"}})
		return
	}
	b.g.policy = file
	b.g.onClose(file.Close)
}

// openHandler makes the handler of spaces.
func (b *builder) openHandler() {
	c := b.cfg
	cfg := pme.Config{
		ClientID: c.Matterport.ClientID, ClientSecrets: c.Matterport.ClientSecret.Source(), APIURL: c.Matterport.APIURL,
		Places: c.Matterport.Places, Views: c.Access.Views,
		ValidFor: c.Tokens.ValidFor, RefreshBefore: c.Tokens.RefreshBefore, MintBurst: c.Tokens.MintBurst, MintEvery: c.Tokens.MintEvery,
		Connections: b.g.connections, Webhook: b.credential(), Pages: b.pages(), HTTPClient: b.client(), Events: b.events, Logger: b.log,
		Authenticate: b.gate, Health: b.ownHealth(),
	}
	if b.g.policy != nil {
		cfg.Access = b.g.policy
	}
	if b.fleet != nil {
		cfg.Fleet = b.fleet
	}
	h, err := pme.New(cfg)
	if err != nil {
		b.explainHandler(err)
		return
	}
	b.g.pme = h
	b.g.onClose(h.Close)
	if b.measured != nil {
		b.measured.UseHealth(h.Health())
	}
}

// explainHandler leaves out what is said already: the gate and the policy are missing if they could not be made.
func (b *builder) explainHandler(err error) {
	var found Problems
	found.explain(err, handlerWords)
	for _, p := range found {
		if p.Path != "login" && p.Path != "access.file" {
			b.problems.note(p)
		}
	}
}

func (b *builder) pages() pages.Config {
	c, m := b.cfg.Pages, b.cfg.Matterport
	out := pages.Config{
		ShowcaseURL: m.ShowcaseURL, SDKURL: m.SDKURL, SDKIntegrity: m.SDKIntegrity, SDKKeys: m.SDKKey.Source(),
		Title: c.Title, ContactURL: c.ContactURL, HomeURL: c.HomeURL, SignOutURL: c.SignOutURL, AllowedOrigins: c.AllowedOrigins, Logger: b.log,
	}
	for _, lang := range c.Languages {
		out.Languages = append(out.Languages, pages.Strings{Lang: lang})
	}
	for _, origin := range c.FrameAncestors {
		if origin == "self" || origin == "none" {
			origin = "'" + origin + "'"
		}
		out.FrameAncestors = append(out.FrameAncestors, origin)
	}
	return out
}

func (b *builder) credential() *webhook.Credential {
	c := b.cfg.Webhook
	if !c.Secret.IsSet() {
		if c.User != "" || c.Header != "" {
			b.problems.add("webhook.secret", "it is missing, and webhook.user or webhook.header is set: write what Matterport sends, or remove both")
		}
		return nil
	}
	return &webhook.Credential{Secrets: c.Secret.Source(), User: c.User, Header: c.Header}
}

// ownHealth are the parts that the library's handler does not know.
func (b *builder) ownHealth() []health.Part {
	if b.trail == nil {
		return nil
	}
	return b.trail.HealthParts()
}
