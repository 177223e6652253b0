package audit

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/internal/rescue"
)

// An Anchor is the newest record of a chain at some time. A trail that was cut off or replaced later does not have it: give
// it to [Verify].
type Anchor struct {
	Chain  string    `json:"chain"`
	Number int64     `json:"n"`
	Hash   string    `json:"hash"`
	Time   time.Time `json:"time"`
}

// anchorEvery is how often anchors are given out.
const anchorEvery = time.Hour

// giveAnchors passes on the newest record of each chain that has new ones since the last time.
func (t *Trail) giveAnchors() {
	for _, w := range t.writers {
		for _, at := range w.anchors() {
			rescue.Call(t.cfg.Logger, "the log", func() {
				t.cfg.Logger.LogAttrs(context.Background(), slog.LevelInfo, "audit anchor",
					slog.String("chain", at.Chain), slog.Int64("n", at.Number), slog.String("hash", at.Hash))
			})
			rescue.Call(t.cfg.Logger, "Anchor of the audit trail", func() { t.cfg.Anchor(at) })
		}
	}
}
