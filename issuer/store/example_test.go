package store_test

import (
	"fmt"

	"github.com/go-pme/pme/issuer/store"
)

// A Selector selects the tokens to revoke: here those of one user that open one model.
func ExampleSelector() {
	s := store.Selector{User: "alice", Model: "SxQL3iGyoDo"}
	fmt.Println(s.Matches(&store.Entry{Key: store.Key{User: "alice", Models: "JGPnGQ6hosj,SxQL3iGyoDo"}}))
	fmt.Println(s.Matches(&store.Entry{Key: store.Key{User: "bob", Models: "SxQL3iGyoDo"}}))
	fmt.Println(store.Selector{}.Valid())
	// Output:
	// true
	// false
	// false
}
