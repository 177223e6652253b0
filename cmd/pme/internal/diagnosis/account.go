package diagnosis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/go-pme/pme/access/review"
	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/matterport"
)

const (
	attempts    = 2
	attemptTime = 5 * time.Second
	trialLife   = time.Minute      // of the token that is minted
	clockOff    = 10 * time.Second // between this machine and Matterport
)

// An Account is that of the configuration at Matterport.
type Account struct {
	client *matterport.Client
}

// OpenAccount asks nothing yet. Close the account.
func OpenAccount(cfg config.Matterport) (*Account, error) {
	client, err := matterport.New(matterport.Config{
		ClientID: cfg.ClientID, ClientSecrets: cfg.ClientSecret.Source(), BaseURL: cfg.APIURL,
		MaxAttempts: attempts, AttemptTimeout: attemptTime, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // it is for tests of what was configured
	}
	return &Account{client}, nil
}

// Close closes what is open.
func (a *Account) Close() { _ = a.client.Close() }

// Client returns the client, for other questions.
func (a *Account) Client() *matterport.Client { return a.client }

// Credentials gets an application token.
func (a *Account) Credentials(ctx context.Context) Finding {
	const part = "matterport"
	err := a.client.LearnServerTime(ctx)
	if err != nil && !(errors.Is(err, matterport.ErrMalformed) && a.works(ctx)) {
		return trouble(part, err, "copy the client ID and the client secret again from Matterport's settings, Developer Tools (matterport.client_id, matterport.client_secret): a secret that was reset there no longer counts")
	}
	return ok(part, "it answers, and accepts the client ID and the client secret")
}

// works reports whether the credentials are accepted all the same, where an answer had no date.
func (a *Account) works(ctx context.Context) bool {
	_, err := a.client.Models(ctx, matterport.ModelQuery{PageSize: 1})
	return err == nil
}

// Clock compares the clocks. It needs an answer of Matterport's before.
func (a *Account) Clock(now time.Time) Finding {
	const part = "clock"
	theirs, known := a.client.ServerTime()
	if !known {
		return skip(part, "Matterport's clock is not known")
	}
	off := now.Sub(theirs).Round(time.Second)
	if off > clockOff || off < -clockOff {
		return warn(part, fmt.Sprintf("this machine's clock is %v off Matterport's", off.Abs()), "synchronize it (NTP): sign-ins fail if it differs from the identity provider's")
	}
	return ok(part, "it agrees with Matterport's")
}

// Mint mints a token for one model and deletes it.
func (a *Account) Mint(ctx context.Context, model string) Finding {
	const part = "token"
	if model == "" {
		page, err := a.client.Models(ctx, matterport.ModelQuery{PageSize: 1})
		switch {
		case err != nil:
			return trouble(part, err, "look whether Model API access is enabled for the account")
		case len(page.Models) == 0:
			return warn(part, "the account has no spaces, so no token can be tried", "look whether these are the credentials of the right account")
		}
		model = page.Models[0].ID
	}
	token, err := a.client.CreateEmbedLink(ctx, model, trialLife)
	if errors.Is(err, matterport.ErrNotFound) {
		return fail(part, "Matterport knows no space "+model+", or this account has no access to it", "correct the ID in the allow-list, or name another space with -model")
	}
	if err != nil {
		return trouble(part, err, "look whether Private Model Embed is enabled for the account (an Enterprise feature)")
	}
	if err := a.client.DeleteEmbedToken(ctx, token.AccessToken); err != nil {
		return warn(part, "a token for "+model+" was minted, and could not be deleted: "+err.Error(), "it ends by itself in a minute; if this lasts, revoking ends tours only when their tokens expire")
	}
	return ok(part, "one for %s was minted and deleted", model)
}

// Folders lists the account's folders, which the allow-list needs or not.
func (a *Account) Folders(ctx context.Context, needed bool) Finding {
	const part = "folders"
	folders, err := a.client.Folders(ctx, "")
	switch {
	case err == nil:
		return ok(part, "%d can be listed", len(folders))
	case !errors.Is(err, matterport.ErrUnauthorized):
		return trouble(part, err, "try again")
	case needed:
		return fail(part, "Matterport does not let these credentials list folders, and the allow-list has folders in it: they stand for no space", "name spaces by ID, or ask Matterport for the right to read folders (an Enterprise extension)")
	}
	return ok(part, "Matterport does not let these credentials list them, and the allow-list needs none")
}

// AllowList compares the allow-list with what the account has.
func (a *Account) AllowList(ctx context.Context, rules *review.Rules, now time.Time) (review.Findings, error) {
	return rules.CheckOnline(ctx, a.client, now) //nolint:wrapcheck // it is one of the client's
}

// trouble explains an error of Matterport's. The remedy is that of a refusal.
func trouble(part string, err error, remedy string) Finding {
	text := strings.ReplaceAll(strings.TrimPrefix(err.Error(), "matterport: "), "BaseURL", "matterport.api_url")
	if errors.Is(err, matterport.ErrUnauthorized) || errors.Is(err, matterport.ErrInvalid) {
		return fail(part, text, remedy)
	}
	return unanswered(part, text, "look at status.matterport.com, and whether this machine reaches matterport.api_url (a proxy is read from HTTPS_PROXY)")
}

var modelID = regexp.MustCompile(`^[0-9A-Za-z]{11}$`)

// FirstModel returns the first model that a list grants by its ID, in the order of the file, or "". folders says whether it grants some by
// folders.
func FirstModel(rules *review.Rules) (model string, folders bool) {
	for _, rule := range rules.Table.Written() {
		for _, m := range rule.Models {
			if model == "" && modelID.MatchString(m.Value) {
				model = m.Value
			}
			folders = folders || strings.HasPrefix(m.Value, "folder:")
		}
	}
	return model, folders
}
