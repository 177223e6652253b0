package pages

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/showcase"
)

// seconds finds a number of seconds in pme.js. The script is too near its size limit for a constant for
// each.
func seconds(t *testing.T, pattern string) time.Duration {
	t.Helper()
	m := regexp.MustCompile(pattern).FindAllSubmatch(script, -1)
	if len(m) != 1 {
		t.Fatalf("pme.js has %d places like %s, want 1", len(m), pattern)
	}
	n, err := strconv.Atoi(string(m[0][1]))
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// The script must use every token that the server sends, and none that the SDK asks for in a loop.
func TestScriptAndServerAgreeOnTheSDKsTimes(t *testing.T) {
	if lead := seconds(t, `the SDK renews at (\d+),`); lead != showcase.Lead {
		t.Errorf("the script says that the SDK renews at %v, showcase.Lead is %v", lead, showcase.Lead)
	}
	least := seconds(t, `(?m)^const LEAST = (\d+);`)
	if least <= showcase.Lead || least >= showcase.LeastLeft {
		t.Errorf("LEAST is %v: want more than the SDK's %v, and less than the server's %v", least, showcase.Lead, showcase.LeastLeft)
	}
	if late := seconds(t, `left\(token\) < (\d+)\) renew`); late >= showcase.Lead {
		t.Errorf("the script renews a token itself at %v: the SDK does so at %v", late, showcase.Lead)
	}
	if swap := seconds(t, `Math\.max\(LEAST, expires_in\) - (\d+)\)`); swap >= least {
		t.Errorf("the script replaces a link at %v: one with LEAST, %v, would be replaced at once", swap, least)
	}
}
