package matterport_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
)

func TestNewReportsAllProblemsAtOnce(t *testing.T) {
	_, err := matterport.New(matterport.Config{BaseURL: "ftp://x", MaxAttempts: -1, AttemptTimeout: -time.Second})
	if err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{"ClientID", "ClientSecret", "BaseURL", "MaxAttempts", "AttemptTimeout"} {
		if !strings.Contains(err.Error(), "Config."+field) {
			t.Errorf("%q does not mention %s", err, field)
		}
	}
}

func TestBaseURLMustKeepTheSecretSafe(t *testing.T) {
	for base, good := range map[string]bool{
		"":                              true,
		"https://api.matterport.com":    true,
		"https://api.matterport.com/":   true,
		"HTTPS://proxy.example.com/api": true,
		"http://127.0.0.1:8080":         true,
		"http://[::1]:8080":             true,
		"http://localhost:8080":         true,
		"http://api.matterport.com":     false,
		"http://localhost.example.com":  false,
		"http://10.0.0.1":               false,
		"//api.matterport.com":          false,
		"api.matterport.com":            false,
		"https://":                      false,
		"https://u:hush@example.com":    false,
		"https://example.com?x=1":       false,
		"https://example.com#x":         false,
		"https://u:hush@exa mple.com":   false,
	} {
		_, err := matterport.New(matterport.Config{ClientID: "id", ClientSecret: "s", BaseURL: base})
		if (err == nil) != good {
			t.Errorf("%q: %v", base, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q is quoted: %v", base, err)
		}
	}
}

func TestSecretReadWithItsLineEndIsRefused(t *testing.T) {
	_, err := matterport.New(matterport.Config{ClientID: "id", ClientSecret: "hush\n"})
	if err == nil || !strings.Contains(err.Error(), "ClientSecret") || strings.Contains(err.Error(), "hush") {
		t.Errorf("err = %v", err)
	}
}

func TestCallersHTTPClientIsLeftAlone(t *testing.T) {
	mine := &http.Client{Transport: &upstream{}}
	newClient(t, nil, func(cfg *matterport.Config) { cfg.HTTPClient = mine })
	if mine.CheckRedirect != nil {
		t.Error("the caller's client was changed")
	}
}

func TestPrintedClientTellsNoSecret(t *testing.T) {
	client := newClient(t, &upstream{})
	if err := link(t.Context(), client); err != nil { // now it has an application token, too
		t.Fatal(err)
	}
	mustNotTell(t, "client", everyPrint(t, client)...)
	// A value has no Format, so fmt walks its fields: only those of a client that does nothing meanwhile.
	mustNotTell(t, "client's value", everyPrint(t, *newClient(t, &upstream{}))...)
}

// everyPrint is x as fmt, slog and encoding/json print it, alone and inside others.
func everyPrint(t *testing.T, x any) []string {
	t.Helper()
	var log strings.Builder
	var texts []string
	for _, value := range []any{x, []any{x}, map[string]any{"x": x}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			texts = append(texts, fmt.Sprintf(verb, value))
		}
		for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(h).Info("m", "x", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return append(texts, log.String())
}
