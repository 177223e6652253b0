package connect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport"
)

// sdkLead is how long before a token's expiry the Showcase SDK asks for the next one. A token with this
// much left or less makes it ask again at once, in a loop (MATTERPORT.md §4).
const sdkLead = 60 * time.Second

// minLeft is the least that a token must have left to be in any answer: sdkLead, and what the answer may
// take on its way to the browser.
const minLeft = sdkLead + 10*time.Second

// minUse is how much of a token's life must be left for use between two renewals.
const minUse = 30 * time.Second

const (
	// attemptLife is how long the owner of an account may take at Matterport.
	attemptLife = 10 * time.Minute

	// maxAttempts bounds the attempts of one person that are under way.
	maxAttempts = 5

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

	// Store keeps the connections, such as one of package sqlstore. Connections do not close it.
	Store Store

	// RefreshBefore is how much of its life an access token must have left to be given out again. It
	// must exceed 60 seconds, and leave 30 seconds of the life of the tokens. Default: 2 minutes.
	RefreshBefore time.Duration

	// MaxPerUser bounds the connections of one person. Default: 10.
	MaxPerUser int

	// Allow says who may connect accounts, and use what they have connected. It is asked every time; an
	// error means: not now. Default: whoever is signed in.
	Allow func(ctx context.Context, u *identity.User) (bool, error)

	// Logger gets one record per decision, without secrets. Default: nothing is logged.
	Logger *slog.Logger

	// Now is the time of this machine. Default: time.Now.
	Now func() time.Time
}

// checked fills in the defaults, and reports everything that is wrong.
func (c Config) checked() (Config, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("connect: "+format, args...)) }
	if c.App == nil {
		bad("App is missing: make one by matterport.NewOAuthApp")
	}
	if c.Store == nil {
		bad("Store is missing: say where connections are kept, for example by sqlite.Open")
	}
	c.RefreshBefore = cmp.Or(c.RefreshBefore, 2*time.Minute)
	c.MaxPerUser = cmp.Or(c.MaxPerUser, 10)
	if c.RefreshBefore <= sdkLead {
		bad("RefreshBefore is %v: the Showcase SDK refreshes %v before expiry, so it must be longer than that", c.RefreshBefore, sdkLead)
	}
	if c.App != nil {
		if life, least := c.App.AccessTokenLife(), c.RefreshBefore+minUse; life != 0 && life < least {
			bad("the App's AccessTokenLife is %v: with a RefreshBefore of %v it must be at least %v", life, c.RefreshBefore, least)
		}
	}
	if c.MaxPerUser < 0 {
		bad("MaxPerUser must not be negative")
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, errors.Join(errs...)
}
