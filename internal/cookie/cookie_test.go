package cookie_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/cookie"
)

func TestCookiesLeaveNothingToDefaults(t *testing.T) {
	secure, local := cookie.Jar{Secure: true}, cookie.Jar{}
	framed := cookie.Jar{Secure: true, Partitioned: true}
	for what, tc := range map[string]struct {
		write func(w *httptest.ResponseRecorder)
		want  string
	}{
		"set": {
			func(w *httptest.ResponseRecorder) { secure.Set(w, secure.Name("n"), "v", time.Minute) },
			"__Host-n=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax",
		},
		"set on a loopback address": {
			func(w *httptest.ResponseRecorder) { local.Set(w, local.Name("n"), "v", time.Minute) },
			"n=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax",
		},
		"set for no time": { // a Max-Age of 0 would be left out, and the cookie last as long as the browser
			func(w *httptest.ResponseRecorder) { secure.Set(w, secure.Name("n"), "v", -time.Minute) },
			"__Host-n=v; Path=/; Max-Age=1; HttpOnly; Secure; SameSite=Lax",
		},
		"set in a frame of another site": {
			func(w *httptest.ResponseRecorder) { framed.Set(w, framed.Name("n"), "v", time.Minute) },
			"__Host-n-partitioned=v; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=None; Partitioned",
		},
		"clear in a frame of another site": {
			func(w *httptest.ResponseRecorder) { framed.Clear(w, framed.Name("n")) },
			"__Host-n-partitioned=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=None; Partitioned",
		},
		"clear": {
			func(w *httptest.ResponseRecorder) { secure.Clear(w, secure.Name("n")) },
			"__Host-n=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		},
	} {
		w := httptest.NewRecorder()
		tc.write(w)
		if got := w.Header().Get("Set-Cookie"); got != tc.want {
			t.Errorf("%s: %q, want %q", what, got, tc.want)
		}
	}
}
