package pme_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/handler/admin"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// visitAdmin sends a form, or opens a page if there is none, as a program does.
func visitAdmin(t *testing.T, h http.Handler, person, path string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/pme-admin"+path, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/pme-admin"+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Person", person)
	w := httptest.NewRecorder()
	http.StripPrefix("/pme-admin", h).ServeHTTP(w, r)
	return w
}

func TestAdministratorsSeeAndEndWhatTheHandlerHas(t *testing.T) {
	var log bytes.Buffer
	stream, err := event.New(event.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h, _ := newHandler(t, func(c *pme.Config) { c.Events = stream })
	ask(t, h, "alice", "phone")
	ask(t, h, "bob", "")
	pages, err := h.Admin(admin.Options{Allow: admin.Users("root"), RecentLogin: -1})
	if err != nil {
		t.Fatal(err)
	}
	for person, want := range map[string]int{"root": http.StatusOK, "alice": http.StatusNotFound, "": http.StatusUnauthorized} {
		if w := visitAdmin(t, pages, person, "/", nil); w.Code != want {
			t.Errorf("%q: %d, want %d", person, w.Code, want)
		}
	}
	if w := visitAdmin(t, pages, "root", "/revoke", url.Values{"user": {"alice"}}); w.Body.String() != `{"revoked":1,"pending":0}`+"\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := visitAdmin(t, pages, "root", "/revoke", url.Values{"all": {"1"}, "word": {"everything"}}); w.Body.String() != `{"revoked":1,"pending":0}`+"\n" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if text := log.String(); !strings.Contains(text, `msg="tokens revoked"`) || !strings.Contains(text, "by=root reason=admin") {
		t.Error(text)
	}
	if w := visitAdmin(t, pages, "root", "/health", nil); !strings.Contains(w.Body.String(), `{"name":"matterport","state":"ok"}`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := visitAdmin(t, pages, "root", "/connections?user=alice", nil); w.Code != http.StatusNotFound {
		t.Errorf("without connections: %d", w.Code)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if w := visitAdmin(t, pages, "root", "/", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("after Close: %d", w.Code)
	}
}

func TestAdminNeedsToKnowWhoIsOne(t *testing.T) {
	h, _ := newHandler(t, nil)
	if pages, err := h.Admin(admin.Options{}); pages != nil || err == nil || !strings.HasPrefix(err.Error(), "admin: Allow is missing: ") {
		t.Errorf("%v, %v", pages, err)
	}
}

func TestAdministratorsSeeConnectedAccounts(t *testing.T) {
	up := matterporttest.NewServer(t, matterporttest.Config{})
	records := connect.NewMemory()
	if err := records.Create(t.Context(), &store.Record{Key: store.Key{User: "alice", ID: "4RQ2"}, Label: "Office", RefreshToken: "secret-refresh", AccessToken: "secret-access"}, 10); err != nil {
		t.Fatal(err)
	}
	theirs := newConnectionsIn(t, up, records, func(context.Context, *identity.User) (bool, error) { return false, nil })
	h, _ := newHandler(t, func(c *pme.Config) { c.Connections = theirs })
	pages, err := h.Admin(admin.Options{Allow: admin.Users("root"), RecentLogin: -1})
	if err != nil {
		t.Fatal(err)
	}
	w := visitAdmin(t, pages, "root", "/connections?user=alice", nil)
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, `"id":"4RQ2","label":"Office"`) || strings.Contains(body, "secret") {
		t.Errorf("%d %s", w.Code, body)
	}
	form := url.Values{"user": {"alice"}, "connection": {"4RQ2"}}
	for _, want := range []int{http.StatusOK, http.StatusNotFound} {
		if w := visitAdmin(t, pages, "root", "/connections", form); w.Code != want {
			t.Errorf("%d %s, want %d", w.Code, w.Body, want)
		}
	}
	if left, err := records.List(t.Context(), "alice"); len(left) != 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}
