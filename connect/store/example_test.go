package store_test

import (
	"context"
	"fmt"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// counting is a Store of the application's own around another: it counts the changes.
type counting struct {
	store.Store
	updates int
}

func (c *counting) Update(ctx context.Context, k store.Key, change func(context.Context, *store.Record) error) error {
	c.updates++
	return c.Store.Update(ctx, k, change)
}

// A Store can wrap another.
func ExampleStore() {
	s := &counting{Store: connect.NewMemory()}
	ctx := context.Background()
	key := store.Key{User: "alice", ID: "4RQ2EXAMPLE"}
	err := s.Create(ctx, &store.Record{Key: key, RefreshToken: matterport.Secret("a refresh token")}, 10)
	fmt.Println(err)

	err = s.Update(ctx, key, func(_ context.Context, r *store.Record) error {
		r.Label = "Head office"
		return nil
	})
	fmt.Println(err, s.updates)

	r, err := s.Get(ctx, key)
	fmt.Println(r.Label, r.RefreshToken, r.Reconnect(), err) // a token redacts itself
	// Output:
	// <nil>
	// <nil> 1
	// Head office [redacted] false <nil>
}
