package identity_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-pme/pme/identity"
)

func TestUserWithoutAnIDIsNotSignedIn(t *testing.T) {
	for name, ctx := range map[string]context.Context{
		"empty context": t.Context(),
		"nil user":      identity.NewContext(t.Context(), nil),
		"no ID":         identity.NewContext(t.Context(), &identity.User{Email: "a@example.com"}),
	} {
		if u, ok := identity.FromContext(ctx); ok || u != nil {
			t.Errorf("%s: FromContext = %v, %v; want nil, false", name, u, ok)
		}
	}
}

func Example() {
	// What a middleware does once it has recognised the person:
	ctx := identity.NewContext(context.Background(), &identity.User{ID: "alice", Groups: []string{"facilities"}})

	// What a handler does:
	if u, ok := identity.FromContext(ctx); ok {
		fmt.Println(u.ID, u.Groups)
	}
	// Output: alice [facilities]
}
