package telemetry

import (
	"io"
	"net/http"
	"time"
)

// Transport measures the requests that base makes, and makes a client span of each. Give it to everything that calls out, before
// [pme.New]:
//
//	cfg.HTTPClient = &http.Client{Transport: t.Transport(nil)}
//
// and likewise to the HTTPClient of the OAuth application, oidclogin and bearer. If base is nil, Transport makes one like
// that of package matterport.
//
// The parent of a span is that in the context of the request. The span of a mint has none: a mint is for all who ask for the
// token, and can outlast the request that began it. A span has the method, the host, the port, the status and, at Matterport, the operation. It does NOT have the path, the
// query, a header or a body. Requests do NOT get a traceparent or another header: Matterport learns nothing of your
// traces. Wrap base if a provider of your own shall. Answers and errors are those of base.
//
// [pme.New]: https://pkg.go.dev/github.com/go-pme/pme#New
func (t *Telemetry) Transport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		base = t.newTransport()
	}
	return &transport{t: t, base: base}
}

// newTransport has the settings of matterport's own, which is for one host and a burst of calls.
func (t *Telemetry) newTransport() *http.Transport {
	own := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16,
		IdleConnTimeout:     90 * time.Second,
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own = append(t.own, own)
	return own
}

type transport struct {
	t    *Telemetry
	base http.RoundTripper
}

// CloseIdleConnections is what http.Client.CloseIdleConnections asks for.
func (tr *transport) CloseIdleConnections() {
	if c, ok := tr.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip implements [http.RoundTripper]. A call ends with its answer's body.
func (tr *transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	c := tr.t.begin(r)
	returned := false
	defer func() {
		if !returned { // base has panicked, and the panic goes on
			c.end(errPanicked)
		}
	}()
	resp, err = tr.base.RoundTrip(r.WithContext(c.ctx))
	returned = true
	switch {
	case err != nil || resp == nil:
		c.end(err)
	case resp.Body == nil || resp.StatusCode == http.StatusSwitchingProtocols:
		c.answered(resp.StatusCode)
		c.end(nil)
	default:
		c.answered(resp.StatusCode)
		resp.Body = &body{ReadCloser: resp.Body, end: c.end}
	}
	return resp, err
}

// A body ends its call when it is read or closed.
type body struct {
	io.ReadCloser
	end func(error)
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	switch err {
	case nil:
	case io.EOF:
		b.end(nil)
	default:
		b.end(err)
	}
	return n, err
}

func (b *body) Close() error {
	err := b.ReadCloser.Close()
	b.end(nil)
	return err
}
