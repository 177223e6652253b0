package event_test

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/go-pme/pme/event"
)

// refusals prints who was refused what.
type refusals struct{}

func (refusals) Listen(e event.Event) {
	if e.Kind == event.TokenDenied {
		fmt.Println(e.User, e.Models, e.Reason)
	}
}

func Example() {
	stream, err := event.New(event.Config{
		Listeners: []event.Listener{refusals{}},
		Logger:    slog.New(slog.DiscardHandler), // by default slog.Default()
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// Give the stream to the gate and to pme: middleware.SessionConfig{Events: stream, …} and
	// pme.Config{Events: stream, …}. They emit events such as this one.
	stream.Emit(context.Background(), event.Event{
		Kind: event.TokenDenied, User: "bob", Models: []string{"SxQL3iGyoDo"}, Reason: "no_rule",
	})
	_ = stream.Shutdown(context.Background())
	// Output: bob [SxQL3iGyoDo] no_rule
}
