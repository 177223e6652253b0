package matterporttest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

const day = 24 * time.Hour

func TestYoungRefreshTokenStaysValid(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		for _, d := range []time.Duration{0, 23*time.Hour + 59*time.Minute, time.Minute - time.Nanosecond} {
			sleep(d)
			b := tokens(t, s, refresh(a.body.RefreshToken))
			if strings.Contains(b.Body.String(), "refresh_token") {
				t.Errorf("after another %v: %s", d, b.Body)
			}
			if b.body.AccessToken == a.body.AccessToken || b.body.Scope != "ViewDetails" || b.body.ExpiresIn != 3600 || !works(t, s, b.body.AccessToken) {
				t.Errorf("answer = %s", b.Body)
			}
		}
		if got := s.Grants()[0].Refreshes; got != 3 {
			t.Errorf("%d refreshes are counted", got)
		}
	})
}

// rotated connects, waits and refreshes: a is the exchange's answer and b that of the refresh.
func rotated(t *testing.T, s *matterporttest.Server, wait time.Duration) (a, b *answer) {
	t.Helper()
	a = connected(t, s, owner, "ViewDetails")
	sleep(wait)
	b = tokens(t, s, refresh(a.body.RefreshToken))
	if b.body.RefreshToken == "" || b.body.RefreshToken == a.body.RefreshToken {
		t.Fatalf("no new refresh token after %v: %s", wait, b.Body)
	}
	return a, b
}

func TestRefreshTokenIsReplacedFromTheFirstDayOn(t *testing.T) {
	for _, wait := range []time.Duration{day, day + time.Minute, 30*day - time.Nanosecond} {
		clocked(t, func(t *testing.T) { rotated(t, matterporttest.New(partner()), wait) })
	}
}

func TestRefreshTokenEndsAfterThirtyDays(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		sleep(12 * time.Hour)
		tokens(t, s, refresh(a.body.RefreshToken)) // does not prolong it
		sleep(30*day - 12*time.Hour - time.Nanosecond)
		if !s.RefreshTokenLive(a.body.RefreshToken) {
			t.Error("over before its end")
		}
		sleep(time.Nanosecond)
		if s.RefreshTokenLive(a.body.RefreshToken) {
			t.Error("live at its end")
		}
		refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
	})
}

func TestSuccessorHasThirtyDaysOfItsOwn(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		_, b := rotated(t, s, 29*day)
		sleep(30*day - time.Nanosecond)
		if tokens(t, s, refresh(b.body.RefreshToken)).body.RefreshToken == "" {
			t.Error("the successor is not replaced")
		}
	})
}

// The older token ends with the first sign that its successor has arrived, whichever it is.
func TestSupersededTokenEndsAtTheFirstUseOfItsSuccessor(t *testing.T) {
	for name, use := range map[string]func(t *testing.T, s *matterporttest.Server, b *answer){
		"a refresh": func(t *testing.T, s *matterporttest.Server, b *answer) { tokens(t, s, refresh(b.body.RefreshToken)) },
		"a query":   func(t *testing.T, s *matterporttest.Server, b *answer) { works(t, s, b.body.AccessToken) },
		"Showcase": func(t *testing.T, s *matterporttest.Server, b *answer) {
			sessionStatus(t, s, office, b.body.AccessToken)
		},
		"the chooser": func(_ *testing.T, s *matterporttest.Server, b *answer) {
			get(s, "/model-select?oauthToken="+b.body.AccessToken)
		},
	} {
		clocked(t, func(t *testing.T) {
			s := matterporttest.New(partner())
			a, b := rotated(t, s, 25*time.Hour)
			if !s.RefreshTokenLive(a.body.RefreshToken) || !s.RefreshTokenLive(b.body.RefreshToken) {
				t.Fatal("before any use, one of the two is not live")
			}
			use(t, s, b)
			if s.RefreshTokenLive(a.body.RefreshToken) || !s.RefreshTokenLive(b.body.RefreshToken) {
				t.Errorf("%s: the older one is live, or the newer is not", name)
			}
			refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
			if !works(t, s, b.body.AccessToken) {
				t.Errorf("%s: the use of the older token has done harm", name)
			}
		})
	}
}

func TestAccessTokensOfBeforeDoNotSettleARotation(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		sleep(day - time.Minute)
		before := tokens(t, s, refresh(a.body.RefreshToken))
		sleep(2 * time.Minute)
		b := tokens(t, s, refresh(a.body.RefreshToken))
		if !works(t, s, before.body.AccessToken) {
			t.Error("the refresh has ended an earlier access token")
		}
		if !s.RefreshTokenLive(a.body.RefreshToken) || !s.RefreshTokenLive(b.body.RefreshToken) {
			t.Error("an earlier access token has settled the rotation")
		}
	})
}

func TestRepeatedRefreshReplacesTheAnswerThatWasLost(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a, lost := rotated(t, s, 25*time.Hour)
		again := tokens(t, s, refresh(a.body.RefreshToken))
		if again.body.RefreshToken == "" || again.body.RefreshToken == lost.body.RefreshToken {
			t.Fatalf("answer = %s", again.Body)
		}
		if s.RefreshTokenLive(lost.body.RefreshToken) || works(t, s, lost.body.AccessToken) {
			t.Error("the tokens of the lost answer are good as well")
		}
		if !s.RefreshTokenLive(a.body.RefreshToken) {
			t.Error("a token of the lost answer has settled the rotation")
		}
		if got := sessionStatus(t, s, office, lost.body.AccessToken); got != (status{Reason: "revoked"}) {
			t.Errorf("at Showcase: %+v", got)
		}
		refused(t, s, refresh(lost.body.RefreshToken), 400, "invalid_grant")
		if !works(t, s, again.body.AccessToken) || s.RefreshTokenLive(a.body.RefreshToken) {
			t.Error("the repeated one is not good, or the first is still")
		}
		tokens(t, s, refresh(again.body.RefreshToken))
	})
}

func TestStrictRotationEndsTheOlderTokenAtOnce(t *testing.T) {
	clocked(t, func(t *testing.T) {
		cfg := partner()
		cfg.StrictRotation = true
		s := matterporttest.New(cfg)
		a, b := rotated(t, s, 25*time.Hour)
		if s.RefreshTokenLive(a.body.RefreshToken) || !s.RefreshTokenLive(b.body.RefreshToken) {
			t.Error("the older one is live, or the newer is not")
		}
		refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
		if !works(t, s, b.body.AccessToken) {
			t.Error("the newer access token is not good")
		}
	})
}

func TestRefreshRefusals(t *testing.T) {
	for name, tc := range map[string]struct {
		form   []string
		status int
		code   string
	}{
		"wrong secret":    {[]string{"client_secret", "guess"}, 401, "invalid_client"},
		"no token":        {[]string{"refresh_token", ""}, 400, "invalid_request"},
		"unknown token":   {[]string{"refresh_token", "guess"}, 400, "invalid_grant"},
		"more scope":      {[]string{"scope", "ViewDetails PurchaseAssets"}, 400, "invalid_scope"},
		"unknown scope":   {[]string{"scope", "Everything"}, 400, "invalid_scope"},
		"odd life":        {[]string{"expires_in", "a while"}, 400, "invalid_request"},
		"no grant type":   {[]string{"grant_type", ""}, 400, "invalid_request"},
		"as a code":       {[]string{"grant_type", "authorization_code"}, 400, "invalid_request"},
		"an access token": {[]string{"refresh_token", "ACCESS"}, 400, "invalid_grant"},
	} {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		form := refresh(a.body.RefreshToken, tc.form...)
		if form.Get("refresh_token") == "ACCESS" {
			form.Set("refresh_token", a.body.AccessToken)
		}
		t.Run(name, func(t *testing.T) { refused(t, s, form, tc.status, tc.code) })
		tokens(t, s, refresh(a.body.RefreshToken))
		if got := s.Grants()[0].Refreshes; got != 1 {
			t.Errorf("%s: %d refreshes are counted", name, got)
		}
	}
}

func TestRefreshMayAskForLess(t *testing.T) {
	s := matterporttest.New(partner())
	a := connected(t, s, owner, "ViewDetails EditDetails")
	b := tokens(t, s, refresh(a.body.RefreshToken, "scope", "EditDetails"))
	if b.body.Scope != "EditDetails" || works(t, s, b.body.AccessToken) {
		t.Errorf("answer = %s", b.Body)
	}
	if c := tokens(t, s, refresh(a.body.RefreshToken)); c.body.Scope != "ViewDetails EditDetails" {
		t.Errorf("afterwards: %s", c.Body)
	}
}

func TestClockThatJumpsAgesTokens(t *testing.T) {
	s := matterporttest.New(partner())
	a := connected(t, s, owner, "ViewDetails")
	s.SkewClock(25 * time.Hour)
	if works(t, s, a.body.AccessToken) {
		t.Error("the access token is good a day later")
	}
	if tokens(t, s, refresh(a.body.RefreshToken)).body.RefreshToken == "" {
		t.Error("the refresh token is not replaced a day later")
	}
	s.SkewClock(31 * day)
	refused(t, s, refresh(a.body.RefreshToken), 400, "invalid_grant")
}
