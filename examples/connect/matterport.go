package main

import (
	"log/slog"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

// there is where Matterport is, and how to get there.
type there struct {
	oauth matterport.OAuthConfig
	look  pages.Config

	// emulator is the origin of an emulator, whose accounts can be looked at; empty at Matterport itself.
	emulator string
	close    func()
}

// findMatterport says how to reach Matterport: as the environment does, or at an emulator of its own. The
// emulator's application is past its review, so that any of its accounts can connect.
func findMatterport(env func(string) (string, bool), callback string, log *slog.Logger) (there, error) {
	if demo.HasAny(env, "MATTERPORT_OAUTH_CLIENT_ID", "MATTERPORT_OAUTH_CLIENT_SECRET") {
		oauth, err := pme.OAuthConfigFromEnv(env)
		oauth.Logger = log
		key, _ := env("MATTERPORT_SDK_KEY")
		return there{oauth: oauth, look: pages.Config{SDKKey: key, Logger: log}, close: func() {}}, err
	}
	origin, closeEmulator, err := demo.Emulate(matterporttest.Config{
		OAuth: matterporttest.OAuthApp{Name: "Partner Portal", Production: true, RedirectURLs: []string{callback}},
	}, log)
	if err != nil {
		return there{}, err
	}
	return there{
		oauth: matterport.OAuthConfig{
			ClientID:     matterporttest.DefaultOAuthClientID,
			ClientSecret: matterporttest.DefaultOAuthClientSecret,
			RedirectURL:  callback,
			Scopes:       []matterport.Scope{matterport.ScopeViewDetails, matterport.ScopePurchaseAssets},
			BaseURL:      origin,
			AuthorizeURL: origin + "/oauth/authorize",
			SelectorURL:  origin + "/model-select",
			Logger:       log,
		},
		look:     pages.Config{ShowcaseURL: origin, SDKURL: origin + "/sdk.es6.js", SDKKey: matterporttest.DefaultSDKKey, Logger: log},
		emulator: origin,
		close:    closeEmulator,
	}, nil
}
