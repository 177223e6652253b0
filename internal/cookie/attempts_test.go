package cookie_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/cookie"
)

// attempts reads when an attempt began from its cookie's value: seconds, a dot, and anything.
func attempts(most, maxBytes int) *cookie.Attempts {
	return &cookie.Attempts{
		Prefix: "try-", Most: most, MaxBytes: maxBytes,
		Began: func(_, value string) (time.Time, bool) {
			seconds, _, _ := strings.Cut(value, ".")
			n, err := strconv.ParseInt(seconds, 10, 64)
			return time.Unix(n, 0), err == nil
		},
	}
}

// keep begins an attempt in a browser with these cookies, and returns what the browser has afterwards.
func keep(a *cookie.Attempts, browser map[string]string, id, value string) map[string]string {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range browser {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	a.Keep(w, r, id, value, time.Minute)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(browser, c.Name)
		} else {
			browser[c.Name] = c.Value
		}
	}
	return browser
}

func TestOldestAttemptsMakeRoom(t *testing.T) {
	a := attempts(3, 0)
	browser := map[string]string{"other": "1.x", "try-unreadable": "x"}
	for i := range 5 {
		browser = keep(a, browser, strconv.Itoa(i), strconv.Itoa(100-i)+".x") // each began before the one before it
	}
	want := map[string]string{"other": "1.x", a.Name("0"): "100.x", a.Name("1"): "99.x", a.Name("4"): "96.x"}
	if len(browser) != len(want) {
		t.Errorf("the browser has %v", browser)
	}
	for name, value := range want {
		if browser[name] != value {
			t.Errorf("%s is %q, want %q", name, browser[name], value)
		}
	}
}

func TestLargeAttemptsMakeRoom(t *testing.T) {
	a := attempts(5, 100)
	// Each cookie takes 19 bytes more than its value.
	browser := keep(a, map[string]string{}, "a", "1."+strings.Repeat("x", 30))
	browser = keep(a, browser, "b", "2."+strings.Repeat("x", 28))
	if len(browser) != 2 {
		t.Fatalf("the browser has %v, want both", browser)
	}
	browser = keep(a, browser, "c", "3."+strings.Repeat("x", 29))
	if _, ok := browser[a.Name("a")]; ok || len(browser) != 2 {
		t.Errorf("the browser has %v, want b and c", browser)
	}
}

func TestAttemptEnds(t *testing.T) {
	a := attempts(5, 0)
	browser := keep(a, map[string]string{}, "a", "1.x")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range browser {
		if strings.Contains(name, "a-a") || !strings.HasPrefix(name, "try-") {
			t.Errorf("the cookie is called %q", name)
		}
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if value, ok := a.Find(r, "a"); !ok || value != "1.x" {
		t.Errorf("found %q, %v", value, ok)
	}
	if value, ok := a.Find(r, "b"); ok {
		t.Errorf("found %q for another attempt", value)
	}
	w := httptest.NewRecorder()
	a.End(w, r, "a")
	if got := w.Result().Cookies(); len(got) != 1 || got[0].Name != a.Name("a") || got[0].MaxAge >= 0 {
		t.Errorf("cleared %v", got)
	}
}

// A browser that restores its tabs begins them all before it gets the first cookie.
func TestAttemptsThatBeganAtOnceMakeRoomAtTheFirstEnd(t *testing.T) {
	a := attempts(3, 0)
	browser := map[string]string{"other": "1.x", "try-unreadable": "x"}
	for i := range 6 {
		browser[a.Name(strconv.Itoa(i))] = strconv.Itoa(i) + ".x"
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for name, value := range browser {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	a.End(w, r, "4")
	for _, c := range w.Result().Cookies() {
		if c.MaxAge >= 0 {
			t.Errorf("%s is set", c.Name)
		}
		delete(browser, c.Name)
	}
	if len(browser) != 4 || browser[a.Name("2")] == "" || browser[a.Name("3")] == "" || browser[a.Name("5")] == "" {
		t.Errorf("the browser has %v, want the newest three and the other cookie", browser)
	}
}
