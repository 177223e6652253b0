package pages

import (
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/go-pme/pme/internal/showcase"
)

// seconds returns a constant of the sources of pme.js.
func seconds(t *testing.T, name string) time.Duration {
	t.Helper()
	source, err := os.ReadFile("browser/times.js")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^export const ` + name + ` = (\d+);`).FindSubmatch(source)
	if m == nil {
		t.Fatalf("times.js has no %s", name)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Second
}

// The script must use every token that the server sends, and none that the SDK asks for in a loop.
func TestScriptAndServerAgreeOnTheSDKsTimes(t *testing.T) {
	if lead := seconds(t, "SDK_LEAD"); lead != showcase.Lead {
		t.Errorf("the script says that the SDK renews at %v, showcase.Lead is %v", lead, showcase.Lead)
	}
	least := seconds(t, "LEAST")
	if least <= showcase.Lead || least >= showcase.LeastLeft {
		t.Errorf("LEAST is %v: want more than the SDK's %v, and less than the server's %v", least, showcase.Lead, showcase.LeastLeft)
	}
	if late := seconds(t, "LATE"); late >= showcase.Lead {
		t.Errorf("the script renews a token itself at %v: the SDK does so at %v", late, showcase.Lead)
	}
	if swap := seconds(t, "SWAP"); swap >= least {
		t.Errorf("the script replaces a link at %v: one with LEAST, %v, would be replaced at once", swap, least)
	}
}
