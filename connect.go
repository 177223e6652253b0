package pme

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-pme/pme/handler"
	"github.com/go-pme/pme/matterport"
)

// connect returns what serves connect and all below it, nil without connections.
func (c Config) connect(player handler.Player) (http.Handler, error) {
	if c.Connections == nil {
		return nil, nil
	}
	accounts, err := handler.NewConnect(handler.ConnectConfig{
		Connections:    c.Connections,
		Player:         player,
		Logger:         c.Logger,
		Now:            c.Now,
		Strings:        c.Strings,
		Templates:      c.Templates,
		FrameAncestors: c.FrameAncestors,
		AllowedOrigins: c.AllowedOrigins,
	})
	if err != nil {
		return nil, err
	}
	return http.StripPrefix("/connect", accounts.Behind(c.Authenticate.Require)), nil
}

// OAuthConfigFromEnv reads what describes an OAuth application, as [ConfigFromEnv] does:
//
//	MATTERPORT_OAUTH_CLIENT_ID      required
//	MATTERPORT_OAUTH_CLIENT_SECRET  required
//	MATTERPORT_OAUTH_REDIRECT_URL   required
//	MATTERPORT_OAUTH_SCOPES         separated by spaces; default: ViewDetails
//	MATTERPORT_OAUTH_TOKEN_LIFE     such as 1h
//	MATTERPORT_AUTHORIZE_URL        MATTERPORT_SELECTOR_URL  MATTERPORT_API_URL
func OAuthConfigFromEnv(lookup func(string) (string, bool)) (matterport.OAuthConfig, error) {
	e := environment{lookup: lookup}
	c := matterport.OAuthConfig{
		ClientID:        e.required("MATTERPORT_OAUTH_CLIENT_ID"),
		ClientSecret:    matterport.Secret(e.required("MATTERPORT_OAUTH_CLIENT_SECRET")),
		RedirectURL:     e.required("MATTERPORT_OAUTH_REDIRECT_URL"),
		AccessTokenLife: e.duration("MATTERPORT_OAUTH_TOKEN_LIFE"),
		AuthorizeURL:    e.text("MATTERPORT_AUTHORIZE_URL"),
		SelectorURL:     e.text("MATTERPORT_SELECTOR_URL"),
		BaseURL:         e.text("MATTERPORT_API_URL"),
	}
	for _, scope := range strings.Fields(e.text("MATTERPORT_OAUTH_SCOPES")) {
		c.Scopes = append(c.Scopes, matterport.Scope(scope))
	}
	if c.Scopes == nil {
		c.Scopes = []matterport.Scope{matterport.ScopeViewDetails}
	}
	if err := errors.Join(e.errs...); err != nil {
		return matterport.OAuthConfig{}, fmt.Errorf("pme: the environment is incomplete:\n%w", err)
	}
	return c, nil
}
