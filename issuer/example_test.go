package issuer_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

func Example() {
	policy, err := access.List{{Groups: []string{"facilities"}, Models: []string{"SxQL3iGyoDo"}}}.Policy()
	if err != nil {
		fmt.Println(err)
		return
	}
	iss, err := issuer.New(issuer.Config{
		Matterport: &upstream{live: make(map[string]string)}, // a *matterport.Client
		Policy:     policy,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = iss.Close() }()

	ctx := context.Background()
	alice := &identity.User{ID: "alice", Groups: []string{"facilities"}}
	token, err := iss.Issue(ctx, alice, "SxQL3iGyoDo")
	fmt.Println(token.AccessToken, token.ExpiresIn > 60, err) // a token redacts itself

	_, err = iss.Issue(ctx, &identity.User{ID: "bob"}, "SxQL3iGyoDo")
	fmt.Println(errors.Is(err, issuer.ErrDenied))

	revoked, err := iss.Revoke(ctx, store.Selector{User: "alice"})
	fmt.Println(revoked.Tokens, revoked.Pending, err)
	// Output:
	// [redacted] true <nil>
	// true
	// 1 0 <nil>
}
