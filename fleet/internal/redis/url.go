package redis

import (
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redis/rueidis"
)

// errURL does not repeat the URL: it may have a password in it.
var errURL = errors.New("it must have the form redis://[user:password@]host[:port][/database], or rediss:// for TLS")

// ParseURL reads a URL of the forms redis:// and rediss://. Its errors do not have the URL in them.
func ParseURL(text string) (rueidis.ClientOption, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "redis" && u.Scheme != "rediss") || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return rueidis.ClientOption{}, errURL
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return rueidis.ClientOption{}, errURL
	}
	option := rueidis.ClientOption{InitAddress: []string{net.JoinHostPort(u.Hostname(), port)}}
	if path := strings.TrimPrefix(u.Path, "/"); path != "" {
		database, err := strconv.ParseUint(path, 10, 16)
		if err != nil {
			return rueidis.ClientOption{}, errURL
		}
		option.SelectDB = int(database)
	}
	if u.User != nil {
		option.Username = u.User.Username()
		option.Password, _ = u.User.Password()
	}
	if u.Scheme == "rediss" {
		option.TLSConfig = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	return option, nil
}
