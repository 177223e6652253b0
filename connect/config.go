package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/matterport"
)

const (
	// attemptLife is how long the owner of an account may take at Matterport.
	attemptLife = 10 * time.Minute

	// maxAttempts bounds the attempts in progress of one person.
	maxAttempts = 16

	// workTime bounds one exchange or one renewal, including retries and calls of the store.
	workTime = 20 * time.Second

	// callTime bounds one call to the Model API, including retries.
	callTime = 10 * time.Second

	// burst and every limit how often one person may cause a call to Matterport.
	burst = 60
	every = time.Second
)

// Config configures [Connections]. App and Store are required.
type Config struct {
	// App is the application that accounts are connected to. Connections do not close it.
	App *matterport.OAuthApp

	// Store stores the connections, such as one of package sqlstore. Connections do not close it.
	Store store.Store

	// RefreshBefore is how much of its life an access token must have left to be given out again. It
	// must exceed 60 seconds, and leave 30 seconds of the life of the tokens. Default: 2 minutes.
	RefreshBefore time.Duration

	// MaxPerUser bounds the connections of one person. Default: 10.
	MaxPerUser int

	// Allow reports whether a user may connect accounts and use connected ones. It is called every time. If it
	// returns an error, the caller gets ErrUnavailable. Default: every signed-in user may.
	Allow func(ctx context.Context, u *identity.User) (bool, error)

	// Events gets an event for each account that is connected, renewed, lost or deleted, and for each
	// refusal, without secrets. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets the records that are not events, such as errors of the store. Default: slog.Default().
	Logger *slog.Logger

	// Now returns the time of this machine. It is used for every time that is stored or compared, and for the
	// limit on calls to Matterport. Timeouts of calls do not use it. Default: time.Now.
	Now func() time.Time
}

func (c Config) withDefaults() Config {
	c.RefreshBefore = cmp.Or(c.RefreshBefore, 2*time.Minute)
	c.MaxPerUser = cmp.Or(c.MaxPerUser, 10)
	c.Logger = event.LoggerOr(c.Logger)
	c.Events = event.OrLog(c.Events, c.Logger)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// validate reports everything that is wrong with c, once the defaults are filled in.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("connect: "+format, args...)) }
	if c.App == nil {
		bad("App is missing: make one with matterport.NewOAuthApp")
	}
	if c.Store == nil {
		bad("Store is missing: say where connections are stored, for example with sqlite.Open")
	}
	if c.RefreshBefore <= showcase.Lead {
		bad("RefreshBefore is %v: the Showcase SDK refreshes %v before expiry, so it must be longer than that", c.RefreshBefore, showcase.Lead)
	}
	if c.App != nil {
		if life, least := c.App.AccessTokenLife(), c.RefreshBefore+showcase.LeastUse; life != 0 && life < least {
			bad("the App's AccessTokenLife is %v: with a RefreshBefore of %v it must be at least %v", life, c.RefreshBefore, least)
		}
	}
	if c.MaxPerUser < 0 {
		bad("MaxPerUser must not be negative")
	}
	return errors.Join(errs...)
}
