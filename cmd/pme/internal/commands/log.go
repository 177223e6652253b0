package commands

import (
	"io"
	"log/slog"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

var levels = map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError} // others are info

// newLog returns the log, and what changes its level.
func newLog(cfg config.Log, out io.Writer) (*slog.Logger, *slog.LevelVar) {
	level := new(slog.LevelVar)
	level.Set(levels[cfg.Level])
	options := &slog.HandlerOptions{Level: level}
	if cfg.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options)), level
	}
	return slog.New(slog.NewTextHandler(out, options)), level
}
