package oidclogin_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	warehouse  = "AbCdEfGhIjK"
	laboratory = "0123456789a"
)

// spaces is an application with pme behind the login of s, at /pme/ of the same site.
func (s *site) spaces(t *testing.T, source access.Source) {
	t.Helper()
	up := matterporttest.NewServer(t, matterporttest.Config{
		Models: []matterporttest.Model{{ID: office, Name: "Office"}, {ID: warehouse, Name: "Warehouse"}, {ID: laboratory, Name: "Laboratory"}},
	})
	h, err := pme.New(pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		APIURL: up.URL, HTTPClient: up.Client(), Authenticate: s.login, Access: source,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	mux := http.NewServeMux()
	mux.Handle("/", s.Config.Handler)
	h.Mount(mux, "/pme")
	s.Config.Handler = mux
}

// sees returns the spaces that a page of this browser lists.
func (b *browser) sees() []string {
	b.t.Helper()
	a := b.fetch("/pme/models")
	var list struct {
		Models []struct{ ID string }
	}
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.status != http.StatusOK {
		b.t.Fatalf("status %d, body %q, log:\n%s", a.status, a.body, b.site.log)
	}
	var ids []string
	for _, m := range list.Models {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestPersonInTwoHundredEntraGroupsSeesTheirSpaces(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	path := filepath.Join(t.TempDir(), "allow.yaml")
	rules := fmt.Sprintf("rules:\n  - groups: [%s]\n    models: [%s]\n  - groups: [%s]\n    models: [%s]\n",
		groups[199], office, entraGroups(300)[250], laboratory)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(rules)
	file, err := access.OpenFile(path, access.FileOptions{Interval: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	s := newSite(t, p) // the default configuration
	s.spaces(t, file)
	changed := make(chan struct{}, 1)
	file.Watch(func() { changed <- struct{}{} })
	b := s.browser(t)
	b.signIn()
	if diff := cmp.Diff([]string{office}, b.sees()); diff != "" {
		t.Errorf("spaces (-want +got):\n%s", diff)
	}

	write(rules + fmt.Sprintf("  - groups: [%s]\n    models: [%s]\n", groups[0], warehouse))
	<-changed
	if a, _ := b.follow("/pme/"); a.status != http.StatusOK {
		t.Errorf("gallery: status %d, log:\n%s", a.status, s.log)
	}
	if diff := cmp.Diff([]string{warehouse, office}, b.sees()); diff != "" {
		t.Errorf("spaces once a new group is named (-want +got):\n%s", diff)
	}
}

func TestFunctionGetsAllTwoHundredGroups(t *testing.T) {
	p := newIDP(t)
	groups := p.asEntra(200)
	s := newSite(t, p)
	s.spaces(t, access.Func(func(_ context.Context, u *identity.User, model string) (bool, error) {
		return model == warehouse && slices.Equal(u.Groups, groups), nil
	}))
	b := s.browser(t)
	b.signIn()
	r := httptest.NewRequest(http.MethodGet, "/pme/token?modelId="+warehouse, nil)
	r.AddCookie(b.sessionCookie())
	w := httptest.NewRecorder()
	if s.Config.Handler.ServeHTTP(w, r); w.Code != http.StatusOK {
		t.Errorf("status %d, body %s", w.Code, w.Body)
	}
}
