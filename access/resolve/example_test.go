package resolve_test

import (
	"fmt"
	"log"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/resolve"
	"github.com/go-pme/pme/matterport"
)

// Package pme does this by itself. A host that uses the parts alone resolves its policy like this.
func Example() {
	policy, err := access.List{{Groups: []string{"facilities"}, Models: []string{"folder:Plant 3/**"}}}.Policy()
	if err != nil {
		log.Fatal(err)
	}
	client, err := matterport.New(matterport.Config{ClientID: "id", ClientSecret: "secret"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	resolver, err := resolve.New(resolve.Config{
		Options:    resolve.Options{Path: "/var/lib/intranet/selectors.json"},
		Policy:     policy,
		Matterport: client,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = resolver.Close() }()
}
