package access_test

import (
	"context"
	"fmt"
	"log"
	"slices"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// directory is what the application knows already: here a map, elsewhere a table of visits.
type directory struct {
	visits  map[string][]string // models, by the user's ID
	queries int
}

// among is one query, such as
//
//	SELECT model FROM visits WHERE person = $1 AND model = ANY($2)
func (d *directory) among(_ context.Context, userID string, models []string) ([]string, error) {
	d.queries++
	var found []string
	for _, id := range d.visits[userID] {
		if slices.Contains(models, id) {
			found = append(found, id)
		}
	}
	return found, nil
}

// visitors is a policy that asks the directory once, however many models there are.
type visitors struct{ *directory }

var _ access.BulkPolicy = visitors{}

func (v visitors) AllowedAmong(ctx context.Context, u *identity.User, models []string) ([]string, error) {
	if !u.SignedIn() {
		return nil, nil
	}
	return v.among(ctx, u.ID, models)
}

func (v visitors) Allowed(ctx context.Context, u *identity.User, model string) (bool, error) {
	allowed, err := v.AllowedAmong(ctx, u, []string{model})
	return len(allowed) == 1 && err == nil, err
}

// Grants leaves the choice to AllowedAmong.
func (v visitors) Grants(_ context.Context, u *identity.User) (access.Grants, error) {
	return access.Grants{Open: u.SignedIn()}, nil
}

func (v visitors) Policy() (access.Policy, error) { return v, nil }

// A policy that answers by a query asks it once for a whole listing, and not once for each model.
func ExampleBulkPolicy() {
	d := &directory{visits: map[string][]string{"alice": {"SxQL3iGyoDo", "yyHDFKzPzvN"}}}
	policy, err := visitors{d}.Policy() // for pme.Config.Access: visitors{d}
	if err != nil {
		log.Fatal(err)
	}
	bulk, ok := policy.(access.BulkPolicy)
	if !ok {
		log.Fatal("listings ask for each model")
	}
	allowed, err := bulk.AllowedAmong(context.Background(), &identity.User{ID: "alice"}, []string{"JGPnGQ6hosj", "SxQL3iGyoDo", "yyHDFKzPzvN"})
	fmt.Println(allowed, err, d.queries)
	// Output: [SxQL3iGyoDo yyHDFKzPzvN] <nil> 1
}
