package connect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/matterport"
)

func TestTokensThatWouldBeRenewedEachTimeAreAMistake(t *testing.T) {
	app, err := matterport.NewOAuthApp(matterport.OAuthConfig{
		ClientID: "id", ClientSecret: "secret", RedirectURL: "https://portal.example.com/callback",
		Scopes: []matterport.Scope{matterport.ScopeViewDetails}, AccessTokenLife: 10 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = app.Close() }()
	for before, ok := range map[time.Duration]bool{0: true, 9*time.Minute + 30*time.Second: true, 9*time.Minute + 31*time.Second: false} {
		c, err := connect.New(connect.Config{App: app, Store: connect.NewMemory(), RefreshBefore: before})
		switch {
		case ok && err != nil:
			t.Errorf("%v: %v", before, err)
		case ok:
			_ = c.Close()
		case err == nil || !strings.Contains(err.Error(), "at least 10m1s"):
			t.Errorf("%v: %v", before, err)
		}
	}
}

func TestConfigIsChecked(t *testing.T) {
	_, err := connect.New(connect.Config{RefreshBefore: time.Minute, MaxPerUser: -1})
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"App is missing", "Store is missing", "RefreshBefore is 1m0s", "MaxPerUser"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}
