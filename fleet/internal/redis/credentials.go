package redis

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/redis/rueidis"
)

// Sentinels makes the client find the server by Sentinels. They have credentials of their own.
func Sentinels(option *rueidis.ClientOption, sentinel rueidis.SentinelOption) {
	sentinel.TLSConfig, sentinel.Dialer = option.TLSConfig, option.Dialer
	option.Sentinel = sentinel
}

// PasswordFile has each connection to a server read the password from a file.
func PasswordFile(option *rueidis.ClientOption, name string) {
	sentinel := rueidis.AuthCredentials{Username: option.Sentinel.Username, Password: option.Sentinel.Password}
	user := option.Username
	option.AuthCredentialsFn = func(c rueidis.AuthCredentialsContext) (rueidis.AuthCredentials, error) {
		if _, ok := c.Address.(ofSentinel); ok {
			return sentinel, nil
		}
		text, err := os.ReadFile(name) //nolint:gosec // a file that the operator names
		if err != nil {
			return rueidis.AuthCredentials{}, fmt.Errorf("%w: PasswordFile: %w", ErrSetup, err)
		}
		return rueidis.AuthCredentials{Username: user, Password: strings.TrimSpace(string(text))}, nil
	}
	// The function is asked for Sentinels too, with no more than the address.
	option.Sentinel.Dialer.ControlContext = func(context.Context, string, string, syscall.RawConn) error { return nil } // a mark
	option.DialCtxFn = dial
}

func dial(ctx context.Context, address string, dialer *net.Dialer, config *tls.Config) (net.Conn, error) {
	conn, err := dialAny(ctx, address, dialer, config)
	if err == nil && dialer.ControlContext != nil {
		return toSentinel{conn}, nil
	}
	return conn, err
}

func dialAny(ctx context.Context, address string, dialer *net.Dialer, config *tls.Config) (net.Conn, error) {
	if config == nil {
		return dialer.DialContext(ctx, "tcp", address) //nolint:wrapcheck // as rueidis dials
	}
	return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, "tcp", address) //nolint:wrapcheck // as rueidis dials
}

// A toSentinel is a connection to a Sentinel, as its address tells.
type toSentinel struct{ net.Conn }

type ofSentinel struct{ net.Addr }

func (c toSentinel) RemoteAddr() net.Addr { return ofSentinel{c.Conn.RemoteAddr()} }
