package handler_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/matterport"
	mt "github.com/go-pme/pme/matterport/matterporttest"
)

const (
	nameless = "The names and pictures of some spaces are missing at the moment."
	tell     = "Please tell the people who run this site."
)

// wantSentences fails unless the gallery says the ones and not the others.
func wantSentences(t *testing.T, p *portal, person string, says []string, not ...string) {
	t.Helper()
	a := p.get(t, person, "")
	a.want(t, http.StatusOK, "")
	for _, want := range says {
		if !strings.Contains(a.Body.String(), want) {
			t.Errorf("%s: %q is not in %s", person, want, a.Body)
		}
	}
	for _, other := range not {
		if strings.Contains(a.Body.String(), other) {
			t.Errorf("%s: %q is in %s", person, other, a.Body)
		}
	}
}

func TestGallerySaysThatNamesAreMissing(t *testing.T) {
	p := newPortal(t, nil)
	p.matterport.Fail("*", mt.DropConnection(), -1)
	wantSentences(t, p, "alice", []string{warehouse, nameless}, tell)
	wantSentences(t, p, "root", []string{"Your spaces cannot be listed at the moment", "Some spaces may be missing from this list at the moment."}, "No spaces yet", "Nobody has given you access")
	if body := p.get(t, "alice", "models").Body.String(); !strings.Contains(body, `"degraded":true`) {
		t.Errorf("models: %s", body)
	}
	healthy := newPortal(t, nil)
	wantSentences(t, healthy, "alice", []string{"Warehouse"}, nameless, tell)
	if body := healthy.get(t, "alice", "models").Body.String(); strings.Contains(body, "degraded") {
		t.Errorf("models: %s", body)
	}
}

func TestGalleryWithAWrongSecretSaysWhomToTell(t *testing.T) {
	p := newPortal(t, func(c *pme.Config) { c.ClientSecret = matterport.Secret("another-secret") })
	wantSentences(t, p, "alice", []string{warehouse, nameless, tell}, "Reload")
	wantSentences(t, p, "root", []string{"Your spaces cannot be listed at the moment", "Some spaces may be missing from this list. " + tell}, "Reload", "No spaces yet")
}
