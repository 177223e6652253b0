package audit_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/event"
)

// Required is what a grant waits for, with files on the disk of this machine; Listen is what the stream's goroutine does for an
// event.
func BenchmarkTrail(b *testing.B) {
	sink, err := files.Open(files.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = sink.Close() }()
	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{sink}, Mode: audit.Required, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = trail.Close(context.Background()) }()
	e := event.Event{ID: "E", Time: time.Now(), Kind: event.TokenGranted, User: "bob", Models: []string{office}, Until: time.Now().Add(time.Hour)}
	b.Run("Required", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := trail.Record(b.Context(), e); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("Listen", func(b *testing.B) {
		renewed := e
		renewed.Kind = event.TokenRenewed
		for b.Loop() {
			trail.Listen(renewed)
		}
	})
}
