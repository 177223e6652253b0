package oidclogin_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// A request that is past the gate when its session ends gets no token, whatever ends the session.
func TestEndOfASessionCoversRequestsInsideTheGate(t *testing.T) {
	const model = "SxQL3iGyoDo"
	for name, end := range map[string]func(t *testing.T, p *idp, s *site, b *browser){
		"logout":              func(_ *testing.T, _ *idp, _ *site, b *browser) { b.logout() },
		"back channel by sub": func(t *testing.T, p *idp, s *site, _ *browser) { s.backChannel(t, p.logoutToken(nil)) },
		"back channel by sid": func(t *testing.T, p *idp, s *site, _ *browser) {
			s.backChannel(t, p.logoutToken(map[string]any{"sub": nil, "sid": "one"}))
		},
		"EndSessions": func(t *testing.T, p *idp, s *site, _ *browser) {
			if err := s.login.EndSessions(t.Context(), p.URL+"#"+subject); err != nil {
				t.Error(err)
			}
		},
		"refused renewal": func(_ *testing.T, p *idp, _ *site, b *browser) {
			p.refresh = "" // the provider takes the refresh token no more
			b.open("/page")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newIDP(t)
			p.refresh, p.claims["sid"] = "first refresh token", "one"
			s := newSite(t, p, keepTokens)
			b := s.browser(t)
			b.signIn()
			var first sync.Once
			asked, goOn := make(chan bool), make(chan bool)
			up := matterporttest.NewServer(t, matterporttest.Config{})
			h, err := pme.New(pme.Config{
				ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
				APIURL: up.URL, HTTPClient: up.Client(), Authenticate: s.login,
				Access: access.Func(func(context.Context, *identity.User, string) (bool, error) {
					first.Do(func() {
						asked <- true
						<-goOn
					})
					return true, nil
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close() })
			r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/token?modelId="+model, nil)
			r.AddCookie(b.sessionCookie())
			w := httptest.NewRecorder()
			var wg sync.WaitGroup
			wg.Go(func() { h.ServeHTTP(w, r) })
			<-asked
			p.clock.pass(5 * time.Minute) // the session is due for renewal
			end(t, p, s, b)
			goOn <- true
			wg.Wait()
			if w.Code != http.StatusServiceUnavailable || len(up.LiveTokens()) != 0 {
				t.Errorf("%d, %d tokens live; want 503 and none\n%s", w.Code, len(up.LiveTokens()), w.Body)
			}
		})
	}
}
