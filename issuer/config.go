package issuer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// maxValidFor is the longest life that Matterport allows a token.
const maxValidFor = 24 * time.Hour

// Matterport is the part of Matterport's API that the issuer calls. [*matterport.Client] implements it.
type Matterport interface {
	CreateEmbedLink(ctx context.Context, modelID string, validFor time.Duration) (*matterport.EmbedToken, error)
	CreateEmbedToken(ctx context.Context, modelIDs []string, validFor time.Duration) (*matterport.EmbedToken, error)
	DeleteEmbedToken(ctx context.Context, token matterport.Secret) error

	// ServerTime returns the current time on Matterport's clock. ValidUntil is a time on that clock. While
	// the time is unknown, no token is reused.
	ServerTime() (now time.Time, known bool)

	// LearnServerTime asks Matterport for the time if it is unknown.
	LearnServerTime(ctx context.Context) error
}

// Config configures an [Issuer]. Matterport and Policy are required.
type Config struct {
	// Matterport mints and deletes the tokens.
	Matterport Matterport

	// Policy decides who may see which model. If it is an [access.Watcher] too, as an [*access.File]
	// is, each change is followed by an [Issuer.Recheck].
	Policy access.Policy

	// Store records the live tokens. Default: [NewMemory], for this process only. The issuer does not
	// close it.
	Store store.Store

	// ValidFor is how long a minted token lives, in whole seconds, at most 24 hours: the longest that
	// a tour goes on when a revocation cannot reach Matterport. Default: 10 minutes.
	ValidFor time.Duration

	// RefreshBefore is how much of its life a token must have left to be given out again. It must
	// exceed 60 seconds; ValidFor must exceed it by 30 seconds. Default: 2 minutes.
	RefreshBefore time.Duration

	// MintTimeout bounds one mint, retries included. While another replica mints the token, callers wait for it for up to
	// MintTimeout and 6 seconds more before. Default: 15 seconds.
	MintTimeout time.Duration

	// MintBurst and MintEvery limit how often one user may cause a call to Matterport: MintBurst
	// times at once, and once more each MintEvery. If the Store is a [store.Spender], as that of a fleet is, this holds for
	// all replicas together. A stored token costs nothing. Default: 30, and one each 2 seconds.
	MintBurst int
	MintEvery time.Duration

	// MaxModels bounds the models under one token. Default: 20.
	MaxModels int

	// Views has tokens issued for views too, which have IDs of 25 characters. Matterport does not document whether it mints
	// them, and this was not tried. If it is not set, such an ID is an invalid one.
	Views bool

	// Events gets an event for each decision: grants, denials, failures and revocations, and reuse at
	// debug level. Its recorder can prevent a grant. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets the records that are not events, such as deletions that Matterport does not confirm.
	// Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.Store == nil {
		c.Store = NewMemory(MemoryConfig{})
	}
	c.ValidFor = cmp.Or(c.ValidFor, 10*time.Minute)
	c.RefreshBefore = cmp.Or(c.RefreshBefore, 2*time.Minute)
	c.MintTimeout = cmp.Or(c.MintTimeout, 15*time.Second)
	c.MintEvery = cmp.Or(c.MintEvery, 2*time.Second)
	c.MintBurst = cmp.Or(c.MintBurst, 30)
	c.MaxModels = cmp.Or(c.MaxModels, 20)
	c.Logger = event.LoggerOr(c.Logger)
	c.Events = event.OrLog(c.Events, c.Logger)
	return c
}

// validate reports everything that is wrong with c, once the defaults are filled in.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("issuer: "+format, args...)) }
	if c.Matterport == nil {
		bad("Matterport is missing: make one with matterport.New")
	}
	if c.Policy == nil {
		bad("Policy is missing: make one from an access.List, for example")
	}
	if c.RefreshBefore <= showcase.Lead {
		bad("RefreshBefore is %v: the Showcase SDK refreshes %v before expiry, so it must be longer than that", c.RefreshBefore, showcase.Lead)
	}
	if least := max(c.RefreshBefore, showcase.Lead+time.Second) + showcase.LeastUse; c.ValidFor < least {
		bad("ValidFor is %v: the Showcase SDK refreshes %v before expiry, so ask for at least %v", c.ValidFor, showcase.Lead, least)
	}
	if s, ok := c.Store.(store.Limiter); ok {
		if most, _ := s.LifeLimit(); c.RefreshBefore+showcase.LeastUse > most {
			bad("RefreshBefore is %v: the store has tokens of at most %v at times, so give at most %v", c.RefreshBefore, most, most-showcase.LeastUse)
		}
	}
	if c.ValidFor > maxValidFor {
		bad("ValidFor is %v: Matterport allows at most %v", c.ValidFor, maxValidFor)
	}
	if c.ValidFor%time.Second != 0 {
		bad("ValidFor is %v: give it in whole seconds", c.ValidFor)
	}
	if c.MintTimeout < 0 || c.MintEvery < 0 || c.MintBurst < 0 || c.MaxModels < 0 {
		bad("MintTimeout, MintEvery, MintBurst and MaxModels must not be negative")
	}
	return errors.Join(errs...)
}
