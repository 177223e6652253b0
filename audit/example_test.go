package audit_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/files"
	"github.com/go-pme/pme/event"
)

// A trail in files, and who has seen a space.
func Example() {
	dir, err := os.MkdirTemp("", "audit")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	sink, err := files.Open(files.Config{Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{sink}, Retention: 365 * 24 * time.Hour, Logger: quiet})
	if err != nil {
		log.Fatal(err)
	}
	stream, err := event.New(event.Config{Listeners: []event.Listener{trail}, Logger: quiet}) // and Recorder: trail, in the mode Required
	if err != nil {
		log.Fatal(err)
	}

	// pme does this when bob opens a space.
	stream.Emit(context.Background(), event.Event{
		Kind: event.TokenGranted, User: "bob", Models: []string{"SxQL3iGyoDo"}, Names: []string{"Head office"},
		Time: time.Date(2026, 11, 27, 10, 2, 0, 0, time.UTC), Until: time.Date(2026, 11, 27, 10, 12, 0, 0, time.UTC),
	})

	ctx := context.Background()
	_ = stream.Shutdown(ctx) // first the stream, then the trail, then the sink
	_ = trail.Close(ctx)
	_ = sink.Close()

	views, err := audit.Views(ctx, sink, audit.Query{Model: "Head office"})
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range views {
		fmt.Println(v.User, v.Name, v.From.Format("15:04"), v.Until.Format("15:04"))
	}
	whole, err := audit.Verify(ctx, sink, nil)
	fmt.Println(whole.OK(), err)
	// Output:
	// bob Head office 10:02 10:12
	// true <nil>
}
