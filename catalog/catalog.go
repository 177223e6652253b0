// Package catalog lists the spaces that a person may open, with their names and thumbnails at Matterport, for a
// gallery.
//
// It decides nothing: the policy does, and the token endpoint asks it again. Answers of Matterport are cached for
// a minute, as thumbnail addresses expire; if Matterport does not answer, names and thumbnails may be missing.
// Answers of the policy are not cached.
//
// # Limits
//
// A listing costs at most one call of the policy's Grants and, if that leaves open what else there is, one call of
// AllowedAmong. If the policy is no [access.BulkPolicy], it costs up to [Config.MaxChecks] calls of Allowed
// instead, one after the other, for up to 2 seconds. A search costs only the calls for what matches. What is left
// out because of a limit is said by [Listing.More].
//
// Each person has one listing at a time: a second request for the same one shares it, and one for another waits.
// It ends early when all who asked for it have left, and after 10 seconds in any case.
//
// Each person also has a budget, which all listings share: 30,000, and 500 more each second. A listing costs 50,
// and one more for each call of Allowed. So a policy that is not asked for each model makes 600 listings at once
// and then 10 a second; a [access.Func] and an account of 200 models make 120 at once and then 2 a second; 1,000
// calls make 28 at once and then one each 2 seconds. See [RateLimitError].
package catalog

import (
	"cmp"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/budget"
	"github.com/go-pme/pme/internal/flight"
)

// A Space is a model as a person sees it.
type Space struct {
	ID        string
	Name      string // the policy's display name, else Matterport's, else the ID
	Thumbnail string // an image URL, empty where none is known; it can expire within minutes

	// These are empty where they are not known, and without [Config.Places].
	Folder string // the path of its folder, such as "Plant 3 / Hall 7"
	Place  string // town and country
	Number string // the account's own number of the space
}

// A Listing is what one person may open, in the natural order of the names: 3 before 13.
type Listing struct {
	// Spaces are at most [Config.MaxModels].
	Spaces []Space

	// Partial says that there may be more: Matterport did not answer, or the account has more models
	// than [Config.MaxModels], or More is set.
	Partial bool

	// Degraded says that Matterport did not list the account's models when it was asked last. Names and
	// thumbnails may be missing, or old. Refused says besides that waiting does not help: it refuses this
	// application, for example because of a wrong secret, or gives an answer that makes no sense.
	Degraded, Refused bool

	// More says that a limit has cut the listing: the policy grants more than [Config.MaxModels], or it was asked
	// about [Config.MaxChecks] models, or for 2 seconds. Searching for some words can find the others.
	More bool
}

// Config configures a [Catalog]. Matterport and Policy are required.
type Config struct {
	// Matterport lists the account's models.
	Matterport Matterport

	// Places says where the spaces are: folders, towns and numbers. It is asked when someone lists spaces, at most every
	// 15 minutes, and only the first listing waits for it, for a second. If it does not answer, spaces are listed without. Folders may need rights that the credentials lack. Default: none.
	Places Places

	// Organization is the account's ID at Matterport, for the tree of its folders. Default: the account of the credentials.
	Organization string

	// Policy says who may open which model. If it is an [access.BulkPolicy] or an [access.Namer] too, it is
	// asked as such.
	Policy access.Policy

	// Keep is how long the account's models are cached. Default: 1 minute.
	Keep time.Duration

	// MaxModels bounds how many of the account's models are read, and how many spaces a listing has.
	// Default: 5,000.
	MaxModels int

	// MaxChecks bounds how many models one listing asks the policy about one by one, unless it is an
	// [access.BulkPolicy]. Default: 1,000.
	MaxChecks int

	// Logger gets a record for each listing that fails, and one when Matterport no longer lists the account's
	// models, which says what to do, and one when it does again. Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.Keep = cmp.Or(c.Keep, time.Minute)
	c.MaxModels = cmp.Or(c.MaxModels, 5000)
	c.MaxChecks = cmp.Or(c.MaxChecks, 1000)
	c.Logger = event.LoggerOr(c.Logger)
	return c
}

// validate reports everything that is wrong with c.
func (c Config) validate() error {
	var errs []error
	bad := func(problem string) { errs = append(errs, errors.New("catalog: "+problem)) }
	if c.Matterport == nil {
		bad("Matterport is missing: make one with matterport.New")
	}
	if c.Policy == nil {
		bad("Policy is missing: take the one that the issuer has")
	}
	if c.Keep < 0 || c.MaxModels < 0 || c.MaxChecks < 0 {
		bad("Keep, MaxModels and MaxChecks must not be negative")
	}
	return errors.Join(errs...)
}

// A Catalog is safe for concurrent use.
type Catalog struct {
	cfg     Config
	policy  policy
	account *account
	turns   *turns
	budget  *budget.Budget
	limited *budget.Digest // of the refusals because of it
	checks  atomic.Int64   // of the last listing: the next one may cost as much
	flights *flight.Group  // work that can outlast a request
}

// New returns a Catalog, or an error that names everything wrong with cfg. It does not use the network.
func New(cfg Config) (*Catalog, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	flights := flight.New(cfg.Logger)
	return &Catalog{
		cfg:     cfg,
		policy:  newPolicy(cfg),
		account: newAccount(cfg, flights),
		turns:   newTurns(flights),
		budget:  newBudget(cfg),
		limited: budget.NewDigest(1, time.Minute, time.Now),
		flights: flights,
	}, nil
}

// Refresh has the next listing ask Matterport again, however fresh the cached models are. It asks nothing itself. Call it
// when models have changed at Matterport. Folders, towns and numbers are not asked for any sooner.
func (c *Catalog) Refresh() { c.account.changes.Add(1) }

// Close stops the catalog's background work and waits for it to end. For and Search fail from then on. Close
// can be called more than once; the error is always nil.
func (c *Catalog) Close() error {
	c.flights.Close()
	return nil
}
