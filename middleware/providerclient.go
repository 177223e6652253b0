package middleware

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// maxProviderAnswer is the longest body in bytes that is read from a provider. Key sets and
	// discovery documents have some kilobytes; go-oidc would read one of any size.
	maxProviderAnswer = 1 << 20

	// providerTimeout is how long one call to a provider may take, body included.
	providerTimeout = 10 * time.Second
)

var (
	errAnswerTooLong   = errors.New("middleware: the provider's answer is longer than 1 MiB")
	errProviderAddress = errors.New("middleware: the provider is only called by https, or http on a loopback address")
)

// newProviderClient returns a client for calls to a provider, based on the host's, which may be nil.
//
// No redirect is followed. After a 307, x/oauth2 would send the client secret and the code to wherever it
// points, and the endpoints of a provider are where its discovery document says.
func newProviderClient(base *http.Client) *http.Client {
	c := &http.Client{
		Timeout:       providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	var transport http.RoundTripper
	if base != nil {
		transport = base.Transport
		if base.Timeout > 0 {
			c.Timeout = base.Timeout
		}
	}
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    providerTimeout,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConnsPerHost:    4,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	c.Transport = &providerTransport{base: transport}
	return c
}

// providerTransport holds a provider to what a client of it can rely on.
type providerTransport struct{ base http.RoundTripper }

func (t *providerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !secureURL(r.URL) {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, errProviderAddress
	}
	res, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if r.Method == http.MethodGet && res.StatusCode != http.StatusOK {
		// go-oidc puts the whole body of such an answer into its error, and so into the log.
		_ = res.Body.Close()
		res.Body = http.NoBody
		return res, nil
	}
	res.Body = &limitedBody{ReadCloser: res.Body, left: maxProviderAnswer}
	return res, nil
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (t *providerTransport) CloseIdleConnections() {
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

// brief cuts the text of an error from the provider's side to what a log can take.
func brief(err error) string {
	const most = 300
	s := err.Error()
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
