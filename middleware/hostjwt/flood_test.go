package hostjwt_test

import (
	"fmt"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/suite"
)

// Refused tokens leave nothing behind, and do not keep good ones out.
func TestFloodOfForgedTokensIsBounded(t *testing.T) {
	g := gate(t, quiet)
	next := g.Require(nothing{})
	forged := sign(plainHeader, asJSON(claims(nil)), "HS256", otherKey)
	before := suite.Heap()
	flood := suite.Rounds(10_000, 200_000)
	for n := range flood {
		next.ServeHTTP(httptest.NewRecorder(), with(fmt.Sprintf("%s%06d", forged[:len(forged)-6], n)))
	}
	grown := suite.Grown(before)
	t.Logf("%d forged tokens: %.2f MB", flood, grown)
	if grown > 1 {
		t.Errorf("forged tokens fill the memory: %.1f MB", grown)
	}
	wantSignedIn(t, g, with(token(nil)), "alice")
}

func TestFloodOfGoodTokensIsBounded(t *testing.T) {
	next := gate(t, quiet).Require(nothing{})
	groups := strings.Fields(strings.Repeat("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9 ", 12))
	before := suite.Heap()
	flood := suite.Rounds(10_000, 50_000)
	for n := range flood {
		next.ServeHTTP(nothing{}, with(token(map[string]any{"sub": fmt.Sprint("user", n), "groups": groups})))
	}
	grown := suite.Grown(before)
	t.Logf("%d good tokens: %.1f MB, %.0f B for each of 8,192", flood, grown, grown*1e6/8192)
	if grown*1e6 > 8192*4000 {
		t.Errorf("good tokens fill the memory: %.1f MB", grown)
	}
	runtime.KeepAlive(next)
}
