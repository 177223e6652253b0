package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sqlsink/sqlite"
	"github.com/go-pme/pme/event"
)

func Example() {
	dir, err := os.MkdirTemp("", "audit") // an application has a directory that stays
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx := context.Background()
	cfg := sqlite.Config{Path: filepath.Join(dir, "audit.db")}
	file, err := sqlite.Open(ctx, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }() // after the trail that uses it

	trail, err := audit.New(audit.Config{Sinks: []audit.Sink{file}})
	if err != nil {
		fmt.Println(err)
		return
	}
	trail.Listen(event.Event{Kind: event.TokenDenied, User: "bob"}) // a Listener of the event stream
	_ = trail.Close(ctx)

	for r, err := range file.Records(ctx, audit.Query{Users: []string{"bob"}}) {
		fmt.Println(r.Kind, r.User, err)
	}
	cfg.Wait = -1
	_, err = sqlite.Open(ctx, cfg)
	fmt.Println(errors.Is(err, sqlite.ErrInUse))
	// Output:
	// token denied bob <nil>
	// true
}
