package weburl

import (
	"fmt"
	"strings"
)

// Quote quotes an address for the error of a configuration, without its query. An address with a user in it is not
// quoted, as it may have a password.
func Quote(address string) string {
	if strings.Contains(address, "@") {
		return "an address with a user, which is not shown"
	}
	path, _, _ := strings.Cut(address, "?")
	return fmt.Sprintf("%+.128q", path)
}
