package matterporttest_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func models(t *testing.T, s http.Handler, bearer string) []string {
	t.Helper()
	a := send(s, graphRequest(bearer, operation(t, "models"), map[string]any{"query": "*", "pageSize": 100}))
	if a.Code != http.StatusOK || len(a.body.Errors) > 0 {
		t.Fatalf("answer = %d %s", a.Code, a.Body)
	}
	return a.ids()
}

func TestGrantSeesTheModelsOfItsAccountAlone(t *testing.T) {
	s := matterporttest.New(production())
	of := map[string]string{}
	for _, account := range []string{owner, gallery, "newcomer"} {
		of[account] = connected(t, s, account, "ViewDetails").body.AccessToken
	}
	for account, want := range map[string][]string{
		owner:      {office, terrace, lobby},
		gallery:    {sculpture, printRoom, "Rv2yNb6fJp5"},
		"newcomer": {},
	} {
		if diff := cmp.Diff(want, models(t, s, of[account])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", account, diff)
		}
	}
	for _, tc := range []struct{ account, model, code string }{
		{owner, office, ""},
		{owner, printRoom, "not.found"},
		{owner, closed, "model.inactive"},
		{gallery, printRoom, ""},
		{gallery, office, "not.found"},
		{gallery, closed, "not.found"},
		{gallery, lobby, "not.found"},
	} {
		a := send(s, graphRequest(of[tc.account], operation(t, "model"), map[string]any{"id": tc.model}))
		if found := a.field("model")["id"] == tc.model; found != (tc.code == "") || !found && !cmp.Equal(a.codes(), []string{tc.code}) {
			t.Errorf("%s asks for %s: %s", tc.account, tc.model, a.Body)
		}
	}
	if diff := cmp.Diff([]string{office, terrace, lobby}, models(t, s, appToken(t, s))); diff != "" {
		t.Errorf("the application token (-want +got):\n%s", diff)
	}
}

func TestQueriesNeedTheScopeViewDetails(t *testing.T) {
	s := matterporttest.New(partner())
	bearer := connected(t, s, owner, "ViewPublic EditDetails DownloadAssets PurchaseAssets").body.AccessToken
	for name, variables := range map[string]map[string]any{
		"models": {"query": "*", "pageSize": 10}, "model": {"id": office},
	} {
		a := send(s, graphRequest(bearer, operation(t, name), variables))
		if !cmp.Equal(a.codes(), []string{"request.unauthorized"}) || a.field(name) != nil {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
	if got := sessionStatus(t, s, office, bearer); got.Access {
		t.Errorf("at Showcase: %+v", got)
	}
}

func TestGrantsMakeNoEmbedTokens(t *testing.T) {
	s := matterporttest.New(partner())
	bearer := connected(t, s, owner, "ViewPublic ViewDetails EditDetails DownloadAssets PurchaseAssets").body.AccessToken
	token := mint(t, s, office, "10m")
	for name, variables := range map[string]map[string]any{
		"createEmbedLink":  with("modelId", office, "validFor", "10m"),
		"createEmbedToken": with("modelIds", []string{office}, "validFor", "10m"),
		"deleteEmbedToken": with("accessToken", token),
	} {
		a := send(s, graphRequest(bearer, operation(t, name), variables))
		if !cmp.Equal(a.codes(), []string{"request.unauthorized"}) {
			t.Errorf("%s: answer = %d %s", name, a.Code, a.Body)
		}
	}
	if len(s.LiveTokens()) != 1 || !s.Live(token) {
		t.Error("a mutation had an effect")
	}
}

func TestAccessTokenThatIsOverIsAnInvalidGrant(t *testing.T) {
	for name, end := range map[string]func(s *matterporttest.Server){
		"time":               func(s *matterporttest.Server) { s.SkewClock(time.Hour) },
		"ExpireAccessTokens": func(s *matterporttest.Server) { s.ExpireAccessTokens() },
		"RevokeGrants":       func(s *matterporttest.Server) { s.RevokeGrants(owner) },
	} {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		end(s)
		b := send(s, graphRequest(a.body.AccessToken, operation(t, "model"), map[string]any{"id": office}))
		if b.Code != http.StatusBadRequest || b.Body.String() != `{"error":"invalid_grant"}` {
			t.Errorf("%s: answer = %d %s", name, b.Code, b.Body)
		}
		if got := s.RefreshTokenLive(a.body.RefreshToken); got != (name != "RevokeGrants") {
			t.Errorf("%s: refresh token live %v", name, got)
		}
		want := status{Reason: "expired"}
		if name == "RevokeGrants" {
			want.Reason = "revoked"
		}
		if got := sessionStatus(t, s, office, a.body.AccessToken); got != want {
			t.Errorf("%s: at Showcase %+v", name, got)
		}
	}
}

func TestRefreshTokenIsNoBearer(t *testing.T) {
	s := matterporttest.New(partner())
	a := connected(t, s, owner, "ViewDetails")
	b := send(s, graphRequest(a.body.RefreshToken, operation(t, "model"), map[string]any{"id": office}))
	if b.Code != http.StatusUnauthorized || sessionStatus(t, s, office, a.body.RefreshToken).Access {
		t.Errorf("answer = %d %s", b.Code, b.Body)
	}
}

func TestAccessTokenOpensItsAccountInShowcase(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(production())
		token := connected(t, s, gallery, "ViewDetails").body.AccessToken
		sleep(20 * time.Minute)
		want := status{Access: true, Name: "Print Room", Fingerprint: matterporttest.Fingerprint(token), Seconds: 2400}
		if diff := cmp.Diff(want, sessionStatus(t, s, printRoom, token)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for _, model := range []string{office, lobby, closed, "AAAAAAAAAAA"} {
			if got := sessionStatus(t, s, model, token); got != (status{Reason: "not_available"}) {
				t.Errorf("%s: %+v", model, got)
			}
		}
		sleep(40 * time.Minute)
		if got := sessionStatus(t, s, printRoom, token); got != (status{Reason: "expired"}) {
			t.Errorf("at its end: %+v", got)
		}
	})
}

func TestModelsOfEveryAccountHaveThumbnails(t *testing.T) {
	s := matterporttest.New(account())
	if a := get(s, "/thumb/"+printRoom+".svg"); a.Code != http.StatusOK {
		t.Errorf("answer = %d", a.Code)
	}
	s.RemoveModel(printRoom)
	if a := get(s, "/thumb/"+printRoom+".svg"); a.Code != http.StatusNotFound {
		t.Errorf("of a model that is gone: %d", a.Code)
	}
}

func TestModelsOfTheFirstAccountMayStandInEitherPlace(t *testing.T) {
	one := []matterporttest.Model{{ID: office}}
	two := []matterporttest.Model{{ID: terrace}}
	accounts := []matterporttest.Account{{ID: "a", Models: two}, {ID: "b", Models: []matterporttest.Model{{ID: lobby}}}}
	for name, tc := range map[string]struct {
		cfg  matterporttest.Config
		want string
	}{
		"Config.Models": {matterporttest.Config{Models: one}, office},
		"both":          {matterporttest.Config{Models: one, Accounts: accounts}, office},
		"Accounts":      {matterporttest.Config{Accounts: accounts}, terrace},
	} {
		s := matterporttest.New(tc.cfg)
		s.AddModel(matterporttest.Model{ID: tc.want, Name: "Renamed"})
		s.AddModel(matterporttest.Model{ID: "Added"})
		if diff := cmp.Diff([]string{"Added", tc.want}, models(t, s, appToken(t, s))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if accounts[0].Models[0].Name != "" || one[0].Name != "" || len(accounts[0].Models) != 1 {
		t.Error("the caller's slices were written to")
	}
	s := matterporttest.New(matterporttest.Config{Accounts: []matterporttest.Account{{ID: "a"}}})
	if got := models(t, s, appToken(t, s)); len(got) != len(matterporttest.DefaultModels()) {
		t.Errorf("an account that says nothing of models has %d", len(got))
	}
}

// A demonstration that runs for months must not remember every grant.
func TestGrantsThatEndedLongAgoAreForgotten(t *testing.T) {
	s := matterporttest.New(partner())
	old := connected(t, s, owner, "ViewDetails")
	code := agree(t, s, owner, wish())
	s.SkewClock(29 * day)
	kept := connected(t, s, owner, "ViewDetails")
	churn := func() {
		for range 1100 {
			appToken(t, s)
		}
	}
	churn()
	if len(s.Grants()) != 2 {
		t.Fatalf("%d grants; one is forgotten without need", len(s.Grants()))
	}
	if a := send(s, graphRequest(old.body.AccessToken, `{ models { totalResults } }`, nil)); a.Code != http.StatusUnauthorized {
		t.Errorf("an access token of last month is remembered: %d %s", a.Code, a.Body)
	}
	s.SkewClock(32 * day)
	churn()
	if len(s.Grants()) != 1 || !s.RefreshTokenLive(kept.body.RefreshToken) {
		t.Errorf("grants = %+v", s.Grants())
	}
	refused(t, s, exchange(code), 400, "invalid_grant")
	refused(t, s, refresh(old.body.RefreshToken), 400, "invalid_grant")
}

func TestWithdrawnGrantIsWithdrawnForItsAccountAlone(t *testing.T) {
	s := matterporttest.New(production())
	a, other := connected(t, s, gallery, "ViewDetails"), connected(t, s, owner, "ViewDetails")
	code, others := agree(t, s, gallery, wish()), agree(t, s, owner, wish())
	s.RevokeGrants(gallery)
	refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
	refused(t, s, exchange(code), 400, "invalid_grant")
	if works(t, s, a.body.AccessToken) || !works(t, s, other.body.AccessToken) {
		t.Error("the access token lives on, or another account's is gone")
	}
	tokens(t, s, refresh(other.body.RefreshToken))
	tokens(t, s, exchange(others))
	var revoked []bool
	for _, g := range s.Grants() {
		revoked = append(revoked, g.Revoked)
	}
	if !cmp.Equal(revoked, []bool{true, false, false}) {
		t.Errorf("grants = %+v", s.Grants())
	}
	if again := connected(t, s, gallery, "ViewDetails"); !works(t, s, again.body.AccessToken) {
		t.Error("the account cannot be connected again")
	}
}

func TestManyConnectAtOnce(t *testing.T) {
	s := matterporttest.New(production())
	s.Fail("refresh_token", matterporttest.LateAnswer(time.Microsecond), -1)
	var done sync.WaitGroup
	for i := range 50 {
		done.Go(func() {
			a := connected(t, s, []string{owner, gallery}[i%2], "ViewDetails")
			tokens(t, s, refresh(a.body.RefreshToken))
			works(t, s, a.body.AccessToken)
			get(s, authorizeURL(wish()))
			get(s, "/model-select?oauthToken="+a.body.AccessToken)
			get(s, "/account/"+gallery+"/applications")
			sessionStatus(t, s, office, a.body.AccessToken)
			s.AddModel(matterporttest.Model{ID: "Extra"})
			s.RemoveModel("Extra")
			s.DisableApp(false)
			s.GrantOnly()
			s.ExpireAccessTokens()
			s.RefreshTokenLive(a.body.RefreshToken)
			s.OverlappingRefreshes()
		})
	}
	done.Wait()
	grants := s.Grants()
	if len(grants) != 50 || s.OverlappingRefreshes() != 0 {
		t.Errorf("%d grants, %d overlaps", len(grants), s.OverlappingRefreshes())
	}
	for _, g := range grants {
		if g.Refreshes != 1 || g.Revoked {
			t.Errorf("grant %+v", g)
		}
	}
}
