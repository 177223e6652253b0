package oidclogin

import (
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
)

var unexported = cmp.AllowUnexported(signIn{}, sessionGroups{}, named.Rest{}, named.Asked{})

func TestSignInIsTheSameOnceItIsParsed(t *testing.T) {
	for name, s := range map[string]signIn{
		"small": {id: "0123456789abcdef", subject: "alice"},
		"full": {
			id: "0123456789abcdef", subject: "alice", sid: "desk", email: "alice@example.com", name: "Ålice",
			sessionGroups: sessionGroups{
				groups: []string{"staff", strings.Repeat("g", 300), "0e5ba1a2-5ae2-4ec9-9db2-0c0f3fbb4d2f", "0E5BA1A2-5AE2-4EC9-9DB2-0C0F3FBB4D2F"},
			}, issued: 1, began: -2, seen: 1 << 40, renewAt: 1<<63 - 1, proved: 1234, position: "epoch.7",
		},
	} {
		var got signIn
		if err := got.Parse(s.AppendTo(nil)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(s, got, unexported); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestForgedCountOfGroupsAllocatesNothing(t *testing.T) {
	sealed := []byte("\x03\x00\x01i\x05s\x04\x00\x00\x00\x00\x00\x00\x00\x00\x80\xa8\xd6\xb9\x07") // a billion
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if new(signIn).Parse(sealed) == nil {
		t.Error("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated", n)
	}
}

// FuzzSealed parses every value that a holder of the keys could have sealed, such as another version.
func FuzzSealed(f *testing.F) {
	s := signIn{id: "0123456789abcdef", subject: "alice", sessionGroups: sessionGroups{groups: []string{"a", "b"}}, seen: 1}
	f.Add(s.AppendTo(nil))
	a := attempt{seed: "twenty-four bytes, a seed", began: 1}
	f.Add(a.AppendTo(nil))
	f.Add((&savedTokens{refresh: "r", idToken: "i", latest: s}).AppendTo(nil))
	f.Add([]byte("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again signIn
		if s.Parse(b) == nil {
			if err := again.Parse(s.AppendTo(nil)); err != nil || !cmp.Equal(s, again, unexported) {
				t.Errorf("%+v became %+v, %v", s, again, err)
			}
		} else if !cmp.Equal(s, signIn{}, unexported) {
			t.Errorf("%+v is left of what did not parse", s)
		}
		_ = new(attempt).Parse(b)
		_ = new(savedTokens).Parse(b)
	})
}
