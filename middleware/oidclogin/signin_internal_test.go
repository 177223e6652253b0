package oidclogin

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSignInIsTheSameOnceItIsParsed(t *testing.T) {
	for name, s := range map[string]signIn{
		"small": {id: "0123456789abcdef", subject: "alice"},
		"full": {
			id: "0123456789abcdef", subject: "alice", sid: "desk", email: "alice@example.com", name: "Ålice",
			groups: []string{"staff", strings.Repeat("g", 300)}, issued: 1, began: -2, seen: 1 << 40, renewAt: 1<<63 - 1, position: "epoch.7",
		},
	} {
		var got signIn
		if err := got.parse(s.appendTo(nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(s, got, cmp.AllowUnexported(signIn{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestForgedCountOfGroupsAllocatesNothing(t *testing.T) {
	sealed := []byte("\x01\x01i\x01s\x00\x00\x00\x80\xa8\xd6\xb9\x07") // a billion
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if new(signIn).parse(sealed) == nil {
		t.Error("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// FuzzSealed parses every value that a holder of the keys could have sealed, such as another version.
func FuzzSealed(f *testing.F) {
	s := signIn{id: "0123456789abcdef", subject: "alice", groups: []string{"a", "b"}, seen: 1}
	f.Add(s.appendTo(nil))
	a := attempt{state: "state", nonce: "nonce", verifier: "verifier", back: "/", began: 1}
	f.Add(a.appendTo(nil))
	f.Add((&savedTokens{refresh: "r", idToken: "i", latest: s}).appendTo(nil))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again signIn
		if s.parse(b) == nil {
			if err := again.parse(s.appendTo(nil)); err != nil || !cmp.Equal(s, again, cmp.AllowUnexported(signIn{})) {
				t.Errorf("%+v became %+v, %v", s, again, err)
			}
		} else if !cmp.Equal(s, signIn{}, cmp.AllowUnexported(signIn{})) {
			t.Errorf("%+v is left of what did not parse", s)
		}
		_ = new(attempt).parse(b)
		_ = new(savedTokens).parse(b)
	})
}
