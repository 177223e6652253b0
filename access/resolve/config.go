package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/matterport"
)

// Matterport is the part of Matterport's API that a [Resolver] calls. [*matterport.Client] implements it.
type Matterport interface {
	Places(ctx context.Context, q matterport.PlaceQuery) (*matterport.PlacePage, error)
	Folders(ctx context.Context, organization string) ([]matterport.Folder, error)
}

// Options are what a host can choose. The zero value is ready for use.
type Options struct {
	// Every is the time between two looks, at least 30 seconds. Default: 5 minutes.
	Every time.Duration

	// Path is a file that keeps what was found last, for the next start. Whoever may write it can grant access, so it must
	// be writable for its owner only. If it is empty, selectors select nothing until the first look has ended.
	Path string

	// MaxAge is how old what the file says can be, to be used after a start. Default: 24 hours.
	MaxAge time.Duration

	// Organization is the account's ID at Matterport, for the tree of its folders. Default: the account of the credentials.
	Organization string
}

// Config configures a [Resolver]. Policy and Matterport are required.
type Config struct {
	Options

	// Policy has the selectors. It must be an [access.Selecting]. If it is an [access.Watcher] too, new selectors are
	// looked up at once.
	Policy access.Policy

	// Matterport is asked.
	Matterport Matterport

	// Logger gets a record when what the selectors stand for changes, when a look fails, and when it succeeds again. Records
	// quote selectors. Default: slog.Default().
	Logger *slog.Logger
}

const (
	leastEvery = 30 * time.Second
	mostAge    = 30 * 24 * time.Hour
)

func (c Config) withDefaults() Config {
	c.Every = cmp.Or(c.Every, 5*time.Minute)
	c.MaxAge = cmp.Or(c.MaxAge, 24*time.Hour)
	c.Logger = event.LoggerOr(c.Logger)
	return c
}

// validate reports everything that is wrong with c.
func (c Config) validate() error {
	var errs []error
	bad := func(problem string) { errs = append(errs, errors.New("resolve: "+problem)) }
	if c.Matterport == nil {
		bad("Matterport is missing: make one with matterport.New")
	}
	if _, ok := c.Policy.(access.Selecting); !ok {
		bad("Policy has no selectors: give an access.List, or an *access.File")
	}
	return errors.Join(append(errs, c.Check())...)
}

// Check reports everything that is wrong with o. It does not look at the file.
func (o Options) Check() error {
	var errs []error
	if o.Every != 0 && o.Every < leastEvery {
		errs = append(errs, fmt.Errorf("resolve: Every is %v: give %v or more, as each look lists the account", o.Every, leastEvery))
	}
	if o.MaxAge < 0 || o.MaxAge > mostAge {
		errs = append(errs, fmt.Errorf("resolve: MaxAge is %v: give at most %v", o.MaxAge, mostAge))
	}
	return errors.Join(errs...)
}
