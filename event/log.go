package event

import (
	"context"
	"log/slog"
	"strings"
	"time"
)

// write writes e to the log: its kind is the message, and what is empty is left out.
func write(ctx context.Context, logger *slog.Logger, e Event) {
	if !logger.Enabled(ctx, e.Level) {
		return
	}
	attrs := make([]slog.Attr, 0, 18)
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("event", e.ID)
	text("user", e.User)
	text("session", e.Session)
	text("by", e.By)
	text("groups", joinGroups(e.Groups, e.MoreGroups))
	text("models", strings.Join(e.Models, ","))
	text("names", joinGroups(e.Names, 0))
	text("corrects", e.Corrects)
	text("connection", e.Connection)
	text("part", e.Part)
	text("policy", e.Policy)
	text("reason", e.Reason)
	text("detail", e.Detail)
	if e.Count > 0 {
		attrs = append(attrs, slog.Int("count", e.Count))
	}
	moment := func(key string, at time.Time) {
		if !at.IsZero() {
			attrs = append(attrs, slog.Time(key, at))
		}
	}
	moment("from", e.From)
	moment("until", e.Until)
	text("client", e.Request.Client)
	text("request_id", e.Request.ID)
	text("method", e.Request.Method)
	text("path", e.Request.Path)
	logger.LogAttrs(ctx, e.Level, string(e.Kind), attrs...) //nolint:sloglint // the kinds are constants
}
