package matterport_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/secret"
)

const (
	oldSecret = "old-hush"
	newSecret = "new-hush"
)

// A safe is a file with a client secret, what is logged of it, and which secrets mutations have shown, if it is the transport.
type safe struct {
	t    *testing.T
	path string
	log  logtest.Buffer

	next  http.RoundTripper
	mu    sync.Mutex
	shown []string
}

func (s *safe) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	for _, secret := range []string{oldSecret, newSecret} {
		if bytes.Contains(body, []byte(`"clientSecret":"`+secret+`"`)) {
			s.mu.Lock()
			s.shown = append(s.shown, secret)
			s.mu.Unlock()
		}
	}
	return s.next.RoundTrip(r)
}

// take returns which secrets mutations have shown since it was last called.
func (s *safe) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := s.shown
	s.shown = nil
	return shown
}

func newSafe(t *testing.T, content string) (*safe, *secret.Source) {
	s := &safe{t: t, path: filepath.Join(t.TempDir(), "secret")}
	s.put(content)
	source, err := secret.File(s.path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if text := s.log.String(); strings.Contains(text, "hush") {
			t.Errorf("a secret is in the log:\n%s", text)
		}
	})
	return s, source
}

// put replaces the file as an operator should.
func (s *safe) put(content string) {
	if err := os.WriteFile(s.path+".next", []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(s.path+".next", s.path); err != nil {
		s.t.Fatal(err)
	}
}

func (s *safe) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func embedClient(t *testing.T, content string) (*matterport.Client, *matterporttest.Running, *safe) {
	up := matterporttest.NewServer(t, matterporttest.Config{ClientSecret: oldSecret})
	s, source := newSafe(t, content)
	s.next = up.Client().Transport
	client, err := matterport.New(matterport.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecrets: source, BaseURL: up.URL, HTTPClient: &http.Client{Transport: s}, Logger: s.logger(), MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client, up, s
}

func model() string { return matterporttest.DefaultModels()[0].ID }

func TestAResetSecretIsTakenFromTheFile(t *testing.T) {
	client, up, s := embedClient(t, oldSecret)
	first, err := client.CreateEmbedLink(t.Context(), model(), 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	up.ResetClientSecret(newSecret)
	_, err = client.CreateEmbedLink(t.Context(), model(), 10*time.Minute)
	if !errors.Is(err, matterport.ErrUnauthorized) || !strings.Contains(err.Error(), "client secret") {
		t.Errorf("with the old secret: %v", err)
	}
	s.put(newSecret + "\n")
	if _, err := client.CreateEmbedLink(t.Context(), model(), 10*time.Minute); err != nil {
		t.Errorf("with the new secret: %v", err)
	}
	if err := client.DeleteEmbedToken(t.Context(), first.AccessToken); err != nil {
		t.Errorf("deleting what the old secret has minted: %v", err)
	}
}

// The mutations carry the secret, too. Here the application token still works, so that nothing but their own refusal
// tells; and its code is not documented.
func TestAMutationThatIsRefusedIsTriedOnceWithTheOtherSecret(t *testing.T) {
	for _, op := range []string{"createPrivateModelEmbedLink", "createPrivateModelEmbedToken", "deletePrivateModelEmbedToken"} {
		for _, code := range []string{"request.unauthorized", "request.unauthenticated", "request.invalid"} {
			t.Run(op+" "+code, func(t *testing.T) {
				client, up, s := embedClient(t, newSecret+"\n"+oldSecret)
				up.ResetClientSecret(newSecret, oldSecret)
				token, err := client.CreateEmbedLink(t.Context(), model(), time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				s.take()
				refusals, want := 1, []string{newSecret, oldSecret}
				if code == "request.unauthenticated" { // which a new application token is tried for first
					refusals, want = 2, []string{newSecret, newSecret, oldSecret}
				}
				up.Fail(op, matterporttest.GraphQLError(code, http.StatusOK), refusals)
				switch op {
				case "createPrivateModelEmbedLink":
					_, err = client.CreateEmbedLink(t.Context(), model(), time.Minute)
				case "createPrivateModelEmbedToken":
					_, err = client.CreateEmbedToken(t.Context(), []string{model()}, time.Minute)
				default:
					err = client.DeleteEmbedToken(t.Context(), token.AccessToken)
				}
				if shown := s.take(); err != nil || !slices.Equal(shown, want) {
					t.Errorf("%v after %q, want %q", err, shown, want)
				}
			})
		}
	}
}

func TestWhatIsNoRefusalIsNotTriedWithTheOtherSecret(t *testing.T) {
	for _, f := range []matterporttest.Failure{
		matterporttest.GraphQLError("not.found", http.StatusOK), matterporttest.GraphQLError("model.inactive", http.StatusOK),
		matterporttest.GraphQLError("quota.exceeded", http.StatusOK), matterporttest.Status(http.StatusServiceUnavailable, ""),
		matterporttest.HTML(http.StatusBadGateway), matterporttest.NullData(), matterporttest.DropConnection(),
	} {
		client, up, _ := embedClient(t, newSecret+"\n"+oldSecret)
		up.ResetClientSecret(newSecret, oldSecret)
		if _, err := client.CreateEmbedLink(t.Context(), model(), time.Minute); err != nil {
			t.Fatal(err)
		}
		up.Fail("createPrivateModelEmbedLink", f, 2)
		_, err := client.CreateEmbedLink(t.Context(), model(), time.Minute)
		if calls := up.Calls("createPrivateModelEmbedLink"); err == nil || calls != 2 {
			t.Errorf("%v after %d calls, want 2", err, calls)
		}
	}
}

// The code of the refusal is not documented, nor is its form.
func TestARefusalInAnyFormIsTriedWithTheOtherSecret(t *testing.T) {
	for _, f := range []matterporttest.Failure{
		matterporttest.JSON(http.StatusOK, `{"errors":[{"message":"x","extensions":{"code":"client.invalid"}}]}`),
		matterporttest.JSON(http.StatusOK, `{"errors":[{"message":"Invalid client secret"}],"data":null}`),
		matterporttest.JSON(http.StatusBadRequest, `{"errors":[{"message":"Invalid client secret"}]}`),
		matterporttest.JSON(http.StatusBadRequest, `{"error":"invalid_request"}`),
		matterporttest.JSON(http.StatusBadRequest, `{"error":"invalid_client"}`),
	} {
		client, up, s := embedClient(t, newSecret+"\n"+oldSecret)
		up.ResetClientSecret(newSecret, oldSecret)
		if _, err := client.CreateEmbedLink(t.Context(), model(), time.Minute); err != nil {
			t.Fatal(err)
		}
		s.take()
		up.Fail("createPrivateModelEmbedLink", f, 1)
		_, err := client.CreateEmbedLink(t.Context(), model(), time.Minute)
		if shown := s.take(); err != nil || !slices.Equal(shown, []string{newSecret, oldSecret}) {
			t.Errorf("%v after %q, want the new secret, then the old one", err, shown)
		}
	}
}

// A page of a proxy on the way says nothing of the secret.
func TestAProxyPausesNoSecret(t *testing.T) {
	client, up, s := embedClient(t, oldSecret)
	up.Fail("token", matterporttest.HTML(http.StatusUnauthorized), 4)
	for range 4 {
		if _, err := client.CreateEmbedLink(t.Context(), model(), time.Minute); err == nil {
			t.Error("there is no error")
		}
	}
	if _, err := client.CreateEmbedLink(t.Context(), model(), time.Minute); err != nil || strings.Contains(s.log.String(), "secret rejected") {
		t.Error(err, s.log.String())
	}
}

// A wrong secret under 1,000 requests.
func TestWrongSecretsCauseABoundedNumberOfCalls(t *testing.T) {
	for name, content := range map[string]string{"one": "wrong-hush", "two": "wrong-hush\nworse-hush"} {
		client, up, _ := embedClient(t, content)
		began := time.Now()
		for range 1000 {
			if _, err := client.CreateEmbedLink(t.Context(), model(), time.Minute); !errors.Is(err, matterport.ErrUnauthorized) {
				t.Fatal(err)
			}
		}
		most := 2 * (3 + int(time.Since(began)/time.Second)) // one more a second at most
		if calls := up.Calls("token"); calls > most {
			t.Errorf("%s: %d calls, at most %d are right", name, calls, most)
		}
	}
}

// Matterport accepts neither: the error says what the operator has to do.
func TestTheErrorSaysWhatToDo(t *testing.T) {
	client, _, s := embedClient(t, "wrong-hush\nworse-hush")
	var err error
	for range 5 {
		_, err = client.CreateEmbedLink(t.Context(), model(), time.Minute)
	}
	for _, want := range []string{"client ID", "put the right secret where it is configured"} {
		if !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
	if n := strings.Count(s.log.String(), `msg="secret rejected"`); n != 1 {
		t.Errorf("told %d times", n)
	}
}

func TestBothWaysToConfigureASecretAreAnError(t *testing.T) {
	for want, change := range map[string]func(*matterport.Config){
		"ClientSecret and ClientSecrets are both set": func(c *matterport.Config) { c.ClientSecret = oldSecret },
		"ClientSecrets: a value has a space":          func(c *matterport.Config) { c.ClientSecrets = secret.Fixed("a hush") },
		"ClientSecrets: secret: there is no value":    func(c *matterport.Config) { c.ClientSecrets = secret.Fixed() },
		"ClientSecret is required":                    func(c *matterport.Config) { c.ClientSecrets = nil },
	} {
		cfg := matterport.Config{ClientID: "id", ClientSecrets: secret.Fixed(newSecret)}
		change(&cfg)
		if _, err := matterport.New(cfg); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func oauthApp(t *testing.T, content string) (*matterport.OAuthApp, *matterporttest.Running, *safe) {
	up := matterporttest.NewServer(t, matterporttest.Config{OAuth: matterporttest.OAuthApp{ClientSecret: oldSecret, Production: true}})
	s, source := newSafe(t, content)
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: matterporttest.DefaultOAuthClientID, ClientSecrets: source, RedirectURL: "http://127.0.0.1/callback",
		Scopes: []matterport.Scope{matterport.ScopeViewDetails}, AuthorizeURL: up.URL + "/oauth/authorize", BaseURL: up.URL,
		HTTPClient: up.Client(), Logger: s.logger(), MaxAttempts: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	return app, up, s
}

// connected returns the refresh token of an account.
func connected(t *testing.T, app *matterport.OAuthApp, up *matterporttest.Running) matterport.Secret {
	t.Helper()
	verifier := strings.Repeat("v", 43)
	back, err := up.Allow(app.AuthorizeURL("attempt", verifier), matterporttest.DefaultAccounts()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	callback, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	token, err := app.Exchange(t.Context(), "attempt", callback.Query().Get("code"), verifier)
	if err != nil {
		t.Fatal(err)
	}
	return token.RefreshToken
}

func TestARefusalOfOneAccountPausesNoOther(t *testing.T) {
	for _, code := range []string{"access_denied", "unauthorized_client", "something_else"} {
		app, up, s := oauthApp(t, oldSecret)
		token := connected(t, app, up)
		up.Fail("refresh_token", matterporttest.OAuthError(http.StatusUnauthorized, code), 5)
		for range 5 {
			if _, err := app.Refresh(t.Context(), token); !errors.Is(err, matterport.ErrUnauthorized) && !errors.Is(err, matterport.ErrTokenRefused) {
				t.Error(code, err)
			}
		}
		if _, err := app.Refresh(t.Context(), token); err != nil || strings.Contains(s.log.String(), "secret rejected") {
			t.Error(code, err, s.log.String())
		}
	}
}

func TestGrantsAreTriedWithTheOtherSecretOnlyIfTheClientIsRefused(t *testing.T) {
	verifier := strings.Repeat("v", 43)
	app, up, s := oauthApp(t, oldSecret)
	back, err := up.Allow(app.AuthorizeURL("attempt", verifier), matterporttest.DefaultAccounts()[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	callback, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	code := callback.Query().Get("code")
	up.ResetOAuthClientSecret(newSecret) // between consent and callback
	s.put(newSecret)
	token, err := app.Exchange(t.Context(), "attempt", code, verifier)
	if err != nil {
		t.Fatalf("the code is used up by the refusal of the client: %v", err)
	}
	up.ResetOAuthClientSecret(oldSecret)
	s.put(newSecret + "\n" + oldSecret)
	if _, err := app.Refresh(t.Context(), token.RefreshToken); err != nil {
		t.Errorf("a refresh: %v", err)
	}
	before := up.Calls("refresh_token")
	up.Fail("refresh_token", matterporttest.OAuthError(http.StatusBadRequest, "invalid_grant"), 2)
	if _, err := app.Refresh(t.Context(), token.RefreshToken); !errors.Is(err, matterport.ErrReconnect) || up.Calls("refresh_token") != before+1 {
		t.Errorf("a void grant: %v after %d calls", err, up.Calls("refresh_token")-before)
	}
	up.Heal()
	if up.OverlappingRefreshes() != 0 {
		t.Error("a refresh token was used twice at once")
	}
}
