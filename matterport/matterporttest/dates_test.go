package matterporttest_test

import (
	"testing"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestMisdatedAnswersAreOtherwiseAsTheyWere(t *testing.T) {
	cfg := account()
	cfg.Now = func() time.Time { return time.Date(2030, 6, 1, 12, 0, 0, 0, time.UTC) }
	for name, tc := range map[string]struct {
		failure matterporttest.Failure
		date    string
		status  int
		minted  int
	}{
		"slow":       {matterporttest.Misdated(-time.Hour, matterporttest.Failure{}), "Sat, 01 Jun 2030 11:00:00 GMT", 200, 1},
		"fast":       {matterporttest.Misdated(time.Hour, matterporttest.Failure{}), "Sat, 01 Jun 2030 13:00:00 GMT", 200, 1},
		"slow proxy": {matterporttest.Misdated(-time.Hour, matterporttest.HTML(502)), "Sat, 01 Jun 2030 11:00:00 GMT", 502, 0},
		"late":       {matterporttest.Misdated(-time.Hour, matterporttest.LateAnswer(time.Microsecond)), "Sat, 01 Jun 2030 11:00:00 GMT", 200, 1},
		"undated":    {matterporttest.Undated(matterporttest.Failure{}), "", 200, 1},
	} {
		s := matterporttest.NewServer(t, cfg)
		s.Fail(create, tc.failure, 1)
		resp, err := overNetwork(t, s, createRequest(t, appToken(t, s)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Date"); got != tc.date || resp.StatusCode != tc.status {
			t.Errorf("%s: %d, dated %q; want %d, %q", name, resp.StatusCode, got, tc.status, tc.date)
		}
		for _, token := range s.LiveTokens() {
			if got := token.ValidUntil; !got.Equal(cfg.Now().Add(10 * time.Minute)) {
				t.Errorf("%s: the token ends at %v", name, got)
			}
		}
		if got := len(s.LiveTokens()); got != tc.minted {
			t.Errorf("%s: %d tokens; want %d", name, got, tc.minted)
		}
	}
}
