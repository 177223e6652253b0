package matterporttest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport/matterporttest"
)

func TestOverlappingRefreshesAreCounted(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a, b := connected(t, s, owner, "ViewDetails"), connected(t, s, owner, "ViewDetails")
		at := func(after time.Duration, form *answer) {
			go func() {
				sleep(after)
				send(s, formRequest(refresh(form.body.RefreshToken)))
			}()
		}
		s.Fail("refresh_token", matterporttest.Latency(10*time.Second), -1)
		at(0, a)
		at(9*time.Second, b) // another token's
		at(10*time.Second+time.Nanosecond, a)
		at(19*time.Second+time.Nanosecond, b)
		sleep(time.Minute)
		synctest.Wait()
		if got := s.OverlappingRefreshes(); got != 0 {
			t.Fatalf("one after the other: %d are counted", got)
		}
		at(0, a)
		at(time.Second, a)
		at(9*time.Second, a)
		sleep(time.Minute)
		synctest.Wait()
		if got := s.OverlappingRefreshes(); got != 2 {
			t.Errorf("three at once: %d are counted", got)
		}
	})
}

func TestRequestThatFailsIsNotUnderWayForever(t *testing.T) {
	s := matterporttest.NewServer(t, partner())
	a := connected(t, s.Server, owner, "ViewDetails")
	s.Fail("refresh_token", matterporttest.DropConnection(), 1)
	resp, err := overNetwork(t, s, formRequest(refresh(a.body.RefreshToken)))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("answer = %d", resp.StatusCode)
	}
	tokens(t, s, refresh(a.body.RefreshToken))
	if got := s.OverlappingRefreshes(); got != 0 {
		t.Errorf("%d are counted", got)
	}
}

func TestGrantsOfTheTokenEndpointFailAndCountApart(t *testing.T) {
	s := matterporttest.New(partner())
	s.Fail("refresh_token", matterporttest.Status(503, ""), 1)
	s.Fail("authorization_code", matterporttest.Status(502, ""), 1)
	s.Fail("token", matterporttest.Status(501, ""), 1)
	code := agree(t, s, owner, wish())
	var got []int
	do := func(a *answer) *answer {
		got = append(got, a.Code)
		return a
	}
	do(send(s, formRequest(credentials()))) // 501
	appToken(t, s)
	do(send(s, formRequest(exchange(code)))) // 502
	a := do(send(s, formRequest(exchange(code))))
	do(send(s, formRequest(refresh(a.body.RefreshToken)))) // 503
	do(send(s, formRequest(refresh(a.body.RefreshToken))))
	for i, want := range []int{501, 502, 200, 503, 200} {
		if got[i] != want {
			t.Errorf("request %d: %d; want %d", i, got[i], want)
		}
	}
	for op, want := range map[string]int{"token": 6, "*": 6, "authorization_code": 2, "refresh_token": 2, "client_credentials": 0} {
		if got := s.Calls(op); got != want {
			t.Errorf("Calls(%q) = %d; want %d", op, got, want)
		}
	}
}

// Whether the refresh was carried out is what a client cannot know when the connection breaks.
func TestAnswerCanBeLostAfterTheRotation(t *testing.T) {
	s := matterporttest.NewServer(t, partner())
	a := connected(t, s.Server, owner, "ViewDetails")
	s.SkewClock(25 * time.Hour)
	s.Fail("refresh_token", matterporttest.DropAnswer(), 1)
	resp, err := overNetwork(t, s, formRequest(refresh(a.body.RefreshToken)))
	if err == nil {
		resp.Body.Close()
		t.Fatalf("answer = %d", resp.StatusCode)
	}
	if got := s.Grants()[0].Refreshes; got != 1 {
		t.Errorf("%d refreshes were carried out", got)
	}
	b := tokens(t, s, refresh(a.body.RefreshToken))
	if !works(t, s, b.body.AccessToken) || s.RefreshTokenLive(a.body.RefreshToken) {
		t.Error("the repeated request is of no use")
	}
}

func TestLateAnswerIsCarriedOutAtOnce(t *testing.T) {
	clocked(t, func(t *testing.T) {
		s := matterporttest.New(partner())
		a := connected(t, s, owner, "ViewDetails")
		s.Fail("refresh_token", matterporttest.LateAnswer(5*time.Second), 1)
		start := time.Now()
		done := make(chan *answer)
		go func() { done <- send(s, formRequest(refresh(a.body.RefreshToken))) }()
		synctest.Wait()
		if got := s.Grants()[0].Refreshes; got != 1 {
			t.Errorf("%d refreshes were carried out before the answer", got)
		}
		b := <-done
		if b.Code != http.StatusOK || time.Since(start) != 5*time.Second || !works(t, s, b.body.AccessToken) {
			t.Errorf("answer = %d %s after %v", b.Code, b.Body, time.Since(start))
		}
	})
}
