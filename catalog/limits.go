package catalog

import (
	"fmt"
	"time"

	"github.com/go-pme/pme/internal/budget"
)

const (
	maxListing = 10 * time.Second // one listing, the wait for Matterport included
	maxAsking  = 2 * time.Second  // its questions to the policy about one model each
	maxWaiting = 15 * time.Second // a request: for its turn, and for its listing
	maxWords   = 50               // of a search

	// The unit is one question to the policy. A user who opens the gallery, searches, and goes to a space and
	// back spends 30,000 in a minute only with 25 visits of 1,000 questions each, or with 500 visits without.
	allowance    = 30_000
	costListing  = 50
	refillsEvery = 2 * time.Millisecond
)

// A RateLimitError means that a person asks for more listings than the budget allows, of which the package's
// documentation says how much it is.
type RateLimitError struct {
	// RetryAfter is the time until the budget suffices for the listing.
	RetryAfter time.Duration
}

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("catalog: too many listings for one user, the next one can be in %v", e.RetryAfter)
}

func newBudget(cfg Config) *budget.Budget {
	return budget.New(max(allowance, 30*cfg.MaxChecks), refillsEvery, time.Now)
}

// spend takes a part of the cost of a listing from the person's budget. The rest of it is what another attempt
// will cost besides.
func (c *Catalog) spend(user string, cost, rest int) error {
	if wait := c.budget.SpendN(user, cost); wait > 0 {
		return &RateLimitError{RetryAfter: wait + time.Duration(rest)*refillsEvery}
	}
	return nil
}
