package redis

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"strings"
	"time"
)

// explain returns why the server ended a TLS connection, if it did and says so. A client that has sent something may learn only
// that the connection was reset, so explain makes another one and listens.
func (c *Conn) explain(err error) error {
	if c.option.TLSConfig == nil || !isCut(err) {
		return err
	}
	if answer := c.listen(); answer != nil && strings.Contains(answer.Error(), "tls:") {
		return answer
	}
	return err
}

// listen returns what the server says to a client that says nothing after the handshake.
func (c *Conn) listen() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	dialer := tls.Dialer{NetDialer: &net.Dialer{}, Config: c.option.TLSConfig}
	conn, err := dialer.DialContext(ctx, "tcp", c.option.InitAddress[0])
	if err != nil {
		return err //nolint:wrapcheck // the caller sorts it
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
	_, err = conn.Read(make([]byte, 1))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err //nolint:wrapcheck // the caller sorts it
}
