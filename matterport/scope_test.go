package matterport_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport"
)

func TestScopesThatCanCostMoneySaySo(t *testing.T) {
	for scope, want := range map[matterport.Scope]bool{
		matterport.ScopeViewPublic:     false,
		matterport.ScopeViewDetails:    false,
		matterport.ScopeEditDetails:    false,
		matterport.ScopeDownloadAssets: true,
		matterport.ScopePurchaseAssets: true,
		"Unknown":                      false,
	} {
		if got := scope.Charged(); got != want {
			t.Errorf("%s.Charged() = %v; want %v", scope, got, want)
		}
	}
}

func TestGrantedScopesAreReadInEveryPlausibleForm(t *testing.T) {
	type scopes = []matterport.Scope
	for field, want := range map[string]scopes{
		`"scope":"ViewDetails EditDetails"`:                 {"ViewDetails", "EditDetails"},
		`"scope":"ViewDetails,EditDetails"`:                 {"ViewDetails", "EditDetails"},
		`"scope":" ViewDetails,  EditDetails\nViewDetails"`: {"ViewDetails", "EditDetails"},
		`"scope":["ViewDetails","EditDetails"]`:             {"ViewDetails", "EditDetails"},
		`"scope":"New \"quoted\" ViewDétails"`:              {"New"},
		`"scope":""`:                                        nil,
		`"scope":" , "`:                                     nil,
		`"scope":[]`:                                        nil,
		`"scope":null`:                                      nil,
		`"scope":7`:                                         nil,
		`"x":1`:                                             nil,
	} {
		for name, grant := range grants {
			u := &upstream{token: func(int) reply {
				return reply{body: `{"access_token":"a","expires_in":3600,"refresh_token":"r",` + field + `}`}
			}}
			token, err := grant(t, newApp(t, u))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, field, err)
			}
			if diff := cmp.Diff(want, token.Scopes); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, field, diff)
			}
		}
	}
}
