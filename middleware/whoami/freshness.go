package whoami

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// freshness returns for how long an answer may be remembered: most, or less if its Cache-Control says so (RFC 9111
// §5.2.2). With no-store and no-cache, and with a max-age that cannot be read, it is zero. private is no
// obstacle, as an answer is remembered for one credential only; s-maxage is for others.
func freshness(h http.Header, most time.Duration) time.Duration {
	for _, line := range h["Cache-Control"] {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "no-store", "no-cache":
				return 0
			case "max-age":
				most = min(most, seconds(value))
			}
		}
	}
	return max(0, most)
}

// seconds reads a delta-seconds (RFC 9111 §1.2.2), with or without quotes.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(strings.Trim(strings.TrimSpace(s), `"`), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
