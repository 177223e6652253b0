package matterporttest

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

// Credentials and the SDK key that a [Config] without its own stands for.
const (
	DefaultClientID     = "demo-client"
	DefaultClientSecret = "demo-secret"
	DefaultSDKKey       = "demo-sdk-key"
)

// defaultAppTokenLife gives the expires_in of 3599 that Matterport's guide shows.
const defaultAppTokenLife = time.Hour - time.Second

// Config says what is emulated. The zero value is a whole, working Matterport.
type Config struct {
	// ClientID and ClientSecret are the credentials of the first account, for application tokens and
	// embed tokens. Empty: [DefaultClientID] and [DefaultClientSecret].
	ClientID, ClientSecret string

	// SDKKey is the application key that the stand-in Showcase accepts at the handshake. Empty:
	// [DefaultSDKKey].
	SDKKey string

	// Models are the first account's spaces, newest first. Nil: those in Accounts, or [DefaultModels]. An
	// empty slice that is not nil is an account without models.
	Models []Model

	// Accounts are those whose owners the OAuth application may ask. The first of them is the one that
	// ClientID and Models belong to. Empty: [DefaultAccounts].
	Accounts []Account

	// OAuth is the application that asks them. The zero value is one in Development Mode, which takes
	// the first account only.
	OAuth OAuthApp

	// EchoState lets the callback carry the state that the authorize request had. It is not documented,
	// and the callback that is shown carries only a code.
	EchoState bool

	// IgnorePKCE lets code_challenge and code_verifier be ignored, as they may be at Matterport, which
	// documents neither. Otherwise a challenge that was sent has to be met.
	IgnorePKCE bool

	// StrictRotation voids a refresh token together with the answer that holds its successor. Otherwise
	// it stays good until the successor, or the access token beside it, is used for the first time: a
	// client that lost the answer may repeat the request.
	StrictRotation bool

	// RefuseFolders refuses all queries of folders, as Matterport may to credentials without the right to read them.
	RefuseFolders bool

	// EmbedViews lets tokens be minted for views too. Whether Matterport does is not documented.
	EmbedViews bool

	// ShowcaseURL is the origin in links and image addresses, for example "http://127.0.0.1:9000".
	// Empty: the host that the request was sent to.
	ShowcaseURL string

	// SDKClientURL is the script that the handshake tells the host page to import (scriptUrl). Empty:
	// a small one of the emulator's own, enough for OAuth.createTokenRefresher. A browser test may
	// point it at the real sdk-client.js, which may not be served from here.
	SDKClientURL string

	// WebhookTransport sends webhooks. Nil: one that reaches this machine only, without a proxy.
	WebhookTransport http.RoundTripper

	// Now is the clock. Nil: time.Now. [Server.SkewClock] moves the emulated clock away from it.
	Now func() time.Time

	// AppTokenLife is how long an application token lives. Zero or less: one second under an hour.
	AppTokenLife time.Duration
}

// withDefaults fills in what was left out.
func (cfg Config) withDefaults() Config {
	cfg.ClientID = cmp.Or(cfg.ClientID, DefaultClientID)
	cfg.ClientSecret = cmp.Or(cfg.ClientSecret, DefaultClientSecret)
	cfg.SDKKey = cmp.Or(cfg.SDKKey, DefaultSDKKey)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.WebhookTransport == nil {
		cfg.WebhookTransport = loopbackOnly()
	}
	if cfg.AppTokenLife <= 0 {
		cfg.AppTokenLife = defaultAppTokenLife
	}
	if len(cfg.Accounts) == 0 {
		cfg.Accounts = DefaultAccounts()
	}
	cfg.Accounts = slices.Clone(cfg.Accounts)
	first := &cfg.Accounts[0]
	switch {
	case cfg.Models != nil:
		first.Models = cfg.Models
	case first.Models == nil:
		first.Models = DefaultModels()
	}
	cfg.OAuth = cfg.OAuth.withDefaults(first.ID)
	return cfg
}
