package oidclogin_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/internal/gatetest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const office = "SxQL3iGyoDo"

// BenchmarkStack measures a whole request for a token that is cached, from mux to answer, behind a login,
// as a multiple of a floor that only writes the same answer, run in turn with it.
func BenchmarkStack(b *testing.B) {
	for _, groups := range []int{5, 50} {
		p := newIDP(b)
		p.claims["groups"] = append(groupNames(groups-1), "facilities")
		s := newSite(b, p)
		person := s.browser(b)
		person.signIn()
		first := person.sessionCookie().Value
		requests := []*http.Request{request("theme=dark; pme-session=" + first)}
		app := mounted(b, s.login)
		b.Run(fmt.Sprint("repeat/groups=", groups), func(b *testing.B) { gatetest.InTurnWithFloor(b, app, requests) })
		// More cookies in turn than are remembered: each is as good as never seen.
		for _, value := range s.login.Resealed(b, first, 12_000) {
			requests = append(requests, request("theme=dark; pme-session="+value))
		}
		b.Run(fmt.Sprint("unseen/groups=", groups), func(b *testing.B) { gatetest.InTurnWithFloor(b, app, requests) })
	}
}

// mounted is an application with pme behind that gate.
func mounted(b *testing.B, gate pme.Authenticator) http.Handler {
	b.Helper()
	up := matterporttest.NewServer(b, matterporttest.Config{})
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret, APIURL: up.URL,
		Authenticate: gate,
		Access:       access.List{{Groups: []string{"facilities"}, Models: []string{office}}},
		Logger:       slog.New(slog.NewJSONHandler(nothing{}, nil)),
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = h.Close() })
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	return mux
}
