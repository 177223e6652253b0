package simulation_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"sync/atomic"
	"time"
)

// A wire is the way of one process to Matterport, and fails in all ways while the world is troubled.
type wire struct {
	w     *world
	heard atomic.Bool // an honest answer has arrived
}

var (
	errCut = errors.New("the connection broke")
	minted = regexp.MustCompile(`"accessToken":\s*"([^"]+)"`)
)

// RoundTrip implements [http.RoundTripper].
func (l *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	time.Sleep(time.Duration(l.w.chance(300)) * time.Millisecond)
	if !l.w.troubled.Load() {
		return l.delivered(l.carryOut(r, body)), nil
	}
	switch l.w.chance(16) {
	case 0:
		panic("the transport panics: " + secretPanic)
	case 1:
		return l.foreign(r, http.StatusBadGateway, "text/html", "<h1>Bad gateway</h1>"), nil
	case 2:
		return l.foreign(r, http.StatusOK, "application/json", `{"message":"not Matterport's"}`), nil
	case 3:
		return nil, errCut
	case 4:
		l.carryOut(r, body) // and nobody hears of it
		return nil, errCut
	case 5:
		answer := l.foreign(r, http.StatusTooManyRequests, "text/plain", "slow down")
		answer.Header.Set("Retry-After", "7")
		return answer, nil
	case 6:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case 7:
		if !l.heard.Load() { // nothing could tell the process that its first answer is wrong
			return nil, errCut
		}
		answer := l.delivered(l.carryOut(r, body))
		answer.Header.Set("Date", l.wrongDate())
		return answer, nil
	}
	answer := l.delivered(l.carryOut(r, body))
	l.heard.Store(true)
	return answer, nil
}

// carryOut has Matterport answer.
func (l *wire) carryOut(r *http.Request, body []byte) *http.Response {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	l.w.up.ServeHTTP(w, r)
	answer := w.Result()
	answer.Request = r
	return answer
}

// delivered notes the token in an answer that arrives.
func (l *wire) delivered(answer *http.Response) *http.Response {
	body, _ := io.ReadAll(answer.Body) // it is in memory
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if token := minted.FindSubmatch(body); token != nil {
		l.w.ledger.arrived(string(token[1]))
	}
	return answer
}

// foreign is an answer that is not Matterport's, with a Date that is not Matterport's either.
func (l *wire) foreign(r *http.Request, status int, kind, body string) *http.Response {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Date", l.w.serverTime().Add(-time.Hour).Format(http.TimeFormat))
	w.WriteHeader(status)
	_, _ = w.WriteString(body)
	answer := w.Result()
	answer.Request = r
	return answer
}

// wrongDate is a slow one that no other answer agrees with.
func (l *wire) wrongDate() string {
	return l.w.serverTime().Add(-time.Duration(10+10*l.w.wrongDates.Add(1)) * time.Minute).Format(http.TimeFormat)
}
