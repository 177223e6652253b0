package serve

import (
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/audit/sqlsink/sqlite"
	"github.com/go-pme/pme/cmd/pme/internal/postgres"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
)

var modes = map[string]audit.Mode{"": audit.BestEffort, "best_effort": audit.BestEffort, "required": audit.Required}

// openTrail opens the audit trail, if there is to be one.
func (b *builder) openTrail() {
	c := b.cfg.Audit
	mode, known := modes[c.Mode]
	if !known {
		b.problems.add("audit.mode", "write best_effort or required")
	}
	if c.Dir == "" && !c.Database.IsSet() {
		if c.Mode != "" || c.Retention != 0 || c.ChainKey.IsSet() || c.PseudonymKeys.IsSet() {
			b.problems.add("audit.dir", "it is missing, and so is audit.database: say where the trail is kept, or remove the section")
		}
		return
	}
	cfg := audit.Config{Mode: mode, Retention: c.Retention, Logger: b.log}
	if all := keys("audit.chain_key", c.ChainKey, &b.problems); len(all) > 0 {
		cfg.ChainKey = all[0]
	}
	if all := keys("audit.pseudonym_keys", c.PseudonymKeys, &b.problems); len(all) > 0 {
		var err error
		if cfg.Pseudonyms, err = audit.NewPseudonyms(all...); err != nil {
			b.problems.explain(err, glossary{part: "audit.pseudonym_keys"})
		}
	}
	b.openFiles(&cfg)
	b.openDatabase(&cfg)
	if b.problems.under("audit") {
		return
	}
	trail, err := audit.New(cfg)
	if err != nil {
		b.problems.explain(err, auditWords)
		return
	}
	b.trail = trail
	b.g.closers = append(b.g.closers, trail.Close)
}

func (b *builder) openFiles(cfg *audit.Config) {
	if b.cfg.Audit.Dir == "" {
		return
	}
	sink, err := files.Open(files.Config{Dir: b.cfg.Audit.Dir})
	if err != nil {
		b.problems.explain(err, glossary{part: "audit.dir"})
		return
	}
	b.g.onClose(sink.Close)
	b.g.trail = sink
	cfg.Sinks = append(cfg.Sinks, sink)
}

func (b *builder) openDatabase(cfg *audit.Config) {
	database := b.cfg.Audit.Database
	if !database.IsSet() {
		return
	}
	if !postgres.Is(database.Value()) {
		sink, err := sqlite.Open(b.ctx, sqlite.Config{Path: database.Value(), Logger: b.log})
		if err != nil {
			b.problems.explain(err, glossary{part: "audit.database"})
			return
		}
		b.g.onClose(sink.Close)
		b.g.trail = sink
		cfg.Sinks = append(cfg.Sinks, sink)
		return
	}
	sink, err := postgres.OpenSink(b.ctx, "audit.database", database.Value(), b.log)
	if err != nil {
		b.problems.explain(err, glossary{part: "audit.database"})
		return
	}
	b.g.onClose(sink.Close)
	b.g.trail = sink
	cfg.Sinks = append(cfg.Sinks, sink)
}

// openEvents makes the stream of events, with the trail and the page of events as listeners.
func (b *builder) openEvents() {
	cfg := event.Config{Logger: b.log, Client: clientOf(b.cfg)}
	if b.trail != nil {
		cfg.Listeners = append(cfg.Listeners, b.trail)
		if b.cfg.Audit.Mode == "required" {
			cfg.Recorder = b.trail
		}
	}
	if b.hasAdmins() {
		b.recent = admin.NewRecent(0)
		cfg.Listeners = append(cfg.Listeners, b.recent)
	}
	stream, err := event.New(cfg)
	if err != nil {
		b.problems.explain(err, glossary{part: "audit"})
		return
	}
	b.events, b.g.events = stream, stream
	b.g.closers = append(b.g.closers, stream.Shutdown)
}
