package matterporttest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestSelectorOffersTheModelsOfTheAccount(t *testing.T) {
	s := matterporttest.New(production())
	token := connected(t, s, owner, "ViewDetails").body.AccessToken
	radio, checkbox := `<input type="radio" name="model" value="`+office, `<input type="checkbox" name="model" value="`+office
	for query, want := range map[string]map[string]bool{
		"":                                   {radio: true, checkbox: false, `id="all"`: false},
		"&multiselect=false&approveAll=true": {radio: true, checkbox: false, `id="all"`: true},
		"&multiselect=true&approveAll=false": {radio: false, checkbox: true, `id="all"`: false},
		"&multiselect=true&approveAll=true":  {radio: false, checkbox: true, `id="all"`: true},
	} {
		a := get(s, "/model-select?oauthToken="+token+query)
		page := a.Body.String()
		for text, there := range want {
			if a.Code != http.StatusOK || strings.Contains(page, text) != there {
				t.Errorf("%q: contains %q %v", query, text, !there)
			}
		}
		for text, there := range map[string]bool{"Head Office": true, "Lobby": true, "Closed Wing": false, "Print Room": false, "data-unauthorized": false, token: false} {
			if strings.Contains(page, text) != there {
				t.Errorf("%q: contains %q %v", query, text, !there)
			}
		}
	}
	empty := connected(t, s, "newcomer", "ViewDetails").body.AccessToken
	if a := get(s, "/model-select?oauthToken="+empty); !strings.Contains(a.Body.String(), "no space in this account") {
		t.Errorf("an empty account: %s", a.Body)
	}
}

func TestSelectorReportsTokensThatOpenNothing(t *testing.T) {
	s := matterporttest.New(production())
	revoked := connected(t, s, gallery, "ViewDetails").body.AccessToken
	s.RevokeGrants(gallery)
	for name, token := range map[string]string{
		"none":              "",
		"unknown":           "guess",
		"revoked":           revoked,
		"without scope":     connected(t, s, owner, "EditDetails").body.AccessToken,
		"an embed token":    mint(t, s, office, "10m"),
		"the application's": appToken(t, s),
		"a refresh token":   connected(t, s, owner, "ViewDetails").body.RefreshToken,
	} {
		page := get(s, "/model-select?approveAll=true&oauthToken="+token).Body.String()
		if !strings.Contains(page, "<body data-unauthorized>") || strings.Contains(page, "<form") || strings.Contains(page, "Head Office") {
			t.Errorf("%s: page = %s", name, page)
		}
	}
}
