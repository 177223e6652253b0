// Package form says what is wrong with a text, and what to write instead. It never quotes the text, which may be a secret that went astray.
package form

import (
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"
)

// A Fault says what is wrong with a value, and what to write instead.
type Fault struct{ Text, Remedy string }

// Wrong returns a fault.
func Wrong(text, remedy string) *Fault { return &Fault{text, remedy} }

// The forms that a text may have, as the tag form of a field names them. The packages that are given the values check more.
const (
	URL       = "url"       // http or https, absolute
	Link      = "link"      // a path, or an https URL
	Prefix    = "prefix"    // a path at which something is
	Address   = "address"   // to listen on
	HostPort  = "hostport"  // host:port
	Redis     = "redis"     // redis:// or rediss://
	File      = "file"      // a file or a directory
	Database  = "database"  // a file, or a postgres:// URL
	Header    = "header"    // the name of a header or of a cookie
	Separator = "separator" // any text, space too
)

// A Form is a check of a text, and the pattern that editors check it with, which may be less strict.
type Form struct {
	Check   func(text string) *Fault
	Pattern string
}

// Named are the forms that have a check, by name.
var Named = map[string]Form{
	URL:      {checkURL, `^https?://[^/@]+`},
	Link:     {checkLink, `^(/|https?://[^/]|mailto:)`},
	Prefix:   {checkPrefix, `^/[^?#]+$`},
	Address:  {checkAddress, `^(unix:/.+|.*:[0-9]+)$`},
	HostPort: {checkHostPort, `:[0-9]+$`},
	Redis:    {checkRedis, `^rediss?://`},
	Header:   {checkHeader, "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"},
}

// IsPostgres reports whether a database is one of PostgreSQL.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

func checkURL(text string) *Fault {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return Wrong("the value is not an http or https URL", "write one such as https://intranet.example.com")
	case u.User != nil:
		return Wrong("the URL has a user in it", "remove what is before the @")
	case u.Fragment != "":
		return Wrong("the URL has a fragment", "remove the # and what is behind it")
	}
	return nil
}

func checkLink(text string) *Fault {
	u, err := url.Parse(text)
	switch {
	case err != nil, strings.ContainsAny(text, `\`):
	case u.Scheme == "mailto" && u.Opaque != "":
		return nil
	case u.Host != "":
		return checkURL(text)
	case u.Scheme == "" && strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//"):
		return nil
	}
	return Wrong("the value is neither a path nor an https URL", "write a path such as /account, or a URL such as https://intranet.example.com/account")
}

func checkPrefix(text string) *Fault {
	switch {
	case !strings.HasPrefix(text, "/"):
		return Wrong("the path does not begin with /", "write one such as /pme")
	case text == "/" || strings.ContainsAny(text, `?#%\ {}`) || path.Clean(text) != text:
		return Wrong("the path is not a plain one", "write one such as /pme: no / at the end, no //, no dots, no spaces, no ?, # or %")
	}
	return nil
}

func checkAddress(text string) *Fault {
	if socket, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(socket, "/") {
			return Wrong("the path of the socket does not begin with /", "write one such as unix:/run/pme/http.sock")
		}
		return nil
	}
	return checkHostPort(text)
}

func checkHostPort(text string) *Fault {
	_, port, err := net.SplitHostPort(text)
	if n, convErr := strconv.ParseUint(port, 10, 16); err != nil || convErr != nil || strconv.FormatUint(n, 10) != port {
		return Wrong("the value is not a host and a port", "write an address such as 127.0.0.1:8080")
	}
	return nil
}

func checkHeader(text string) *Fault {
	for _, r := range text {
		if r > '~' || r <= ' ' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) {
			return Wrong("the value is not the name of a header or a cookie", "write letters, digits and hyphens, such as X-Forwarded-User")
		}
	}
	return nil
}

func checkRedis(text string) *Fault {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return Wrong("the value is not a redis or rediss URL", "write one such as redis://127.0.0.1:6379/0")
	}
	password, has := u.User.Password()
	if !has {
		return nil
	}
	if password == "" {
		return Wrong("the password in the URL is empty", "remove the colon before the @")
	}
	return Illegible(password)
}
