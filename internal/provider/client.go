package provider

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/go-pme/pme/internal/weburl"
)

const (
	// maxAnswer is the longest body in bytes that is read from a provider. Key sets and
	// discovery documents have some kilobytes; go-oidc would read one of any size.
	maxAnswer = 1 << 20

	// callTimeout is how long one call to a provider may take, body included.
	callTimeout = 10 * time.Second
)

var (
	errAnswerTooLong   = errors.New("the provider's answer is longer than 1 MiB")
	errTransport       = errors.New("the HTTPClient's transport panicked")
	errProviderAddress = errors.New("the provider is only called by https, or http on a loopback address")
)

// NewClient returns a client for calls to a provider. It uses the Transport and the Timeout of base, which
// may be nil, bounds the length of answers, and calls https and loopback addresses only.
//
// No redirect is followed. After a 307, x/oauth2 would send the client secret and the code to wherever it
// points, and the endpoints of a provider are where its discovery document says.
func NewClient(base *http.Client) *http.Client {
	c := &http.Client{
		Timeout:       callTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var next http.RoundTripper
	if base != nil {
		next = base.Transport
		if base.Timeout > 0 {
			c.Timeout = base.Timeout
		}
	}
	if next == nil {
		next = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    callTimeout,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConnsPerHost:    4,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	c.Transport = &transport{base: next}
	return c
}

// transport holds a provider to what a client of it can rely on.
type transport struct{ base http.RoundTripper }

func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !weburl.Secure(r.URL) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errProviderAddress
	}
	res, err := t.call(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && res.StatusCode != http.StatusOK {
		// go-oidc puts the whole body of such an answer into its error, and so into the log.
		_ = res.Body.Close()
		res.Body = http.NoBody
		return res, nil
	}
	res.Body = &limitedBody{ReadCloser: res.Body, left: maxAnswer}
	return res, nil
}

// call makes an error of a panic of the application's transport, so that it is a failed call like others, with a
// pause before the next. The value is left out, as there is no telling what it contains.
func (t *transport) call(r *http.Request) (res *http.Response, err error) {
	defer func() {
		if recover() != nil {
			res, err = nil, fmt.Errorf("%w:\n%s", errTransport, debug.Stack())
		}
	}()
	return t.base.RoundTrip(r)
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (t *transport) CloseIdleConnections() {
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// limitedBody fails where a body is too long, instead of cutting it off.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errAnswerTooLong
	}
	if int64(len(p)) > b.left+1 { // one more, to tell the end from more
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, errAnswerTooLong
	}
	return n, err
}
