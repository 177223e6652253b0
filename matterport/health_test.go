package matterport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/condition"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	silent    = "Matterport does not answer"
	limited   = "Matterport limits the calls"
	refused   = "Matterport refuses the application, an operator has to check its credentials and settings"
	malformed = "Matterport is not understood, an operator has to check the API address and proxies"
)

// healthOf returns the words of the parts of a client or an application.
func healthOf(t *testing.T, v any) string {
	t.Helper()
	var words string
	for _, part := range condition.Of(v) {
		if err := part.Check(t.Context()); err != nil {
			words += fmt.Sprint(err)
		}
	}
	return words
}

func TestHealthIsThatOfTheLastConclusiveCall(t *testing.T) {
	const model = "SxQL3iGyoDo"
	up := matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{{ID: model}}})
	c, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		BaseURL: up.URL, HTTPClient: up.Client(), MaxAttempts: 1, AttemptTimeout: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if got := healthOf(t, c); got != "" {
		t.Errorf("before the first call: %q", got)
	}
	mint := func(ctx context.Context) { _, _ = c.CreateEmbedLink(ctx, model, 10*time.Minute) }
	for name, tc := range map[string]struct {
		failure matterporttest.Failure
		want    string
	}{
		"502":             {matterporttest.HTML(http.StatusBadGateway), silent},
		"dropped":         {matterporttest.DropConnection(), silent},
		"no answer":       {matterporttest.Hang(), silent},
		"internal error":  {matterporttest.GraphQLError("error.internal", 0), silent},
		"too many":        {matterporttest.Status(http.StatusTooManyRequests, ""), limited},
		"quota":           {matterporttest.GraphQLError("quota.exceeded", 0), limited},
		"wrong secret":    {matterporttest.OAuthError(http.StatusUnauthorized, "invalid_client"), refused},
		"not allowed":     {matterporttest.GraphQLError("request.unauthorized", 0), refused},
		"a proxy's page":  {matterporttest.HTML(http.StatusOK), malformed},
		"model is gone":   {matterporttest.GraphQLError("not.found", 0), ""},
		"invalid request": {matterporttest.GraphQLError("request.invalid", 400), ""},
	} {
		up.Fail("createPrivateModelEmbedLink", tc.failure, -1)
		mint(t.Context())
		if got := healthOf(t, c); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
		left, leave := context.WithCancel(t.Context())
		leave()
		mint(left)
		_, _ = c.CreateEmbedLink(t.Context(), "no model", time.Minute)
		if got := healthOf(t, c); got != tc.want {
			t.Errorf("%s, after calls that tell nothing: %q, want %q", name, got, tc.want)
		}
		up.Heal()
		mint(t.Context())
		if got := healthOf(t, c); got != "" {
			t.Errorf("%s, then well: %q", name, got)
		}
	}
	_ = c.Close()
	if mint(t.Context()); healthOf(t, c) != "" {
		t.Errorf("closed: %q", healthOf(t, c))
	}
}

// An access token that a connected account has withdrawn does not concern the operator, and one that works does
// not show that the application is still accepted.
func TestHealthOfAnApplicationIsNotThatOfItsAccounts(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecret: matterporttest.DefaultOAuthClientSecret,
		RedirectURL: "https://portal.example.com/callback", Scopes: []matterport.Scope{matterport.ScopeViewDetails},
		BaseURL: up.URL, HTTPClient: up.Client(), MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	if _, err := app.Models(t.Context(), "withdrawn", matterport.ModelQuery{}); !errors.Is(err, matterport.ErrTokenRefused) {
		t.Fatal(err)
	}
	if got := healthOf(t, app); got != "" {
		t.Errorf("withdrawn access token: %q", got)
	}
	up.Fail("refresh_token", matterporttest.OAuthError(http.StatusUnauthorized, "invalid_client"), 1)
	_, _ = app.Refresh(t.Context(), "refresh")
	_, _ = app.Models(t.Context(), "withdrawn", matterport.ModelQuery{})
	if got := healthOf(t, app); got != refused {
		t.Errorf("refused application: %q", got)
	}
	if _, err := app.Refresh(t.Context(), "void"); !errors.Is(err, matterport.ErrReconnect) {
		t.Fatal(err)
	}
	if got := healthOf(t, app); got != "" {
		t.Errorf("void refresh token of one account: %q", got)
	}
}
