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

	// maxAttempts bounds the attempts of one person that are under way.
	maxAttempts = 16

	// workTime bounds one exchange or one renewal, with its repeats and the store's part in it.
	workTime = 20 * time.Second

	// callTime bounds one call to the Model API, with its repeats.
	callTime = 10 * time.Second

	// burst and every limit how often one person may cause a call to Matterport.
	burst = 60
	every = time.Second
)

// Config is what [Connections] are made of. App and Store are required.
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

	// Allow says who may connect accounts, and use those they have connected. It is asked every time; an
	// error means: not now. Default: every user who is signed in.
	Allow func(ctx context.Context, u *identity.User) (bool, error)

	// Events gets an event for each account that is connected, renewed, lost or deleted, and for each
	// refusal, without secrets. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets what is no event, such as a store that fails. Default: slog.Default().
	Logger *slog.Logger

	// Now is the clock of this machine: for every time that is stored or compared, and for the limit on
	// calls to Matterport. How long a call may take is measured by the runtime. Default: time.Now.
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
