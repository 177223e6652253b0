package serve_test

import (
	"net/http"
	"os"
	"testing"
	"time"
)

// No signal is needed: the list is looked at all the time.
func TestAChangeOfTheListCountsByItself(t *testing.T) {
	cfg := small(t)
	cfg.Access.Interval = 50 * time.Millisecond
	origin, _ := running(t, build(t, cfg))
	c := client(t)
	token := func(user string) int {
		res, _ := get(t, c, origin+"/pme/token?modelId="+office, "X-User", user)
		return res.StatusCode
	}
	if a, b := token("alice"), token("bob"); a != http.StatusOK || b != http.StatusForbidden {
		t.Fatalf("%d, %d", a, b)
	}
	if err := os.WriteFile(cfg.Access.File+".new", []byte("rules:\n  - users: [bob]\n    models: ["+office+"]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(cfg.Access.File+".new", cfg.Access.File); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(4 * time.Second); token("bob") != http.StatusOK; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("bob is still refused")
		}
	}
	if a := token("alice"); a != http.StatusForbidden {
		t.Errorf("alice still gets tokens: %d", a)
	}
}
