package issuer

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
)

// adopt deletes what another replica has evicted and does not delete any more.
func (i *Issuer) adopt(orphans []*store.Entry) {
	i.log.LogAttrs(context.Background(), slog.LevelInfo, "deletions taken over", slog.Int("tokens", len(orphans)))
	i.discard(orphans...)
}

// deleted tells the store that an entry needs no deletion any more. If the store fails, another replica may delete it once more.
func (i *Issuer) deleted(ctx context.Context, e *store.Entry) {
	s, ok := i.cfg.Store.(store.Deleter)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	var err error
	rescue.Call(i.log, theStore, func() { err = s.Deleted(ctx, e) }) // the caller may have more to do
	if err != nil {
		i.log.LogAttrs(ctx, slog.LevelDebug, "deletion not noted", slog.Any("error", err))
	}
}
