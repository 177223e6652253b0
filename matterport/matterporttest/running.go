package matterporttest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Running is an emulator that listens on a port.
type Running struct {
	*Server

	// URL is the origin to point a client at, without a slash at its end. It is the APIURL and the ShowcaseURL of
	// pme, and URL + "/sdk.es6.js" is its SDKURL.
	URL string

	listener *httptest.Server
	letGo    context.CancelFunc
}

// Start starts an emulator for development without a Matterport account. The address is one to listen on, such as
// "127.0.0.1:9000"; if it is empty, a free loopback port is taken. The caller has to close the emulator. Its
// credentials are public: do not let other machines reach it.
func Start(address string, cfg Config) (*Running, error) {
	ctx, letGo := context.WithCancel(context.Background())
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		letGo()
		return nil, err
	}
	r := &Running{Server: New(cfg), letGo: letGo}
	r.listener = &httptest.Server{
		Listener: listener,
		Config:   &http.Server{Handler: r.Server, BaseContext: func(net.Listener) context.Context { return ctx }}, //nolint:gosec // on a loopback port
	}
	r.listener.Start()
	r.URL = r.listener.URL
	return r, nil
}

// NewServer starts an emulator for as long as t runs.
func NewServer(t testing.TB, cfg Config) *Running {
	t.Helper()
	r, err := Start("", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// LookupEnv is [os.LookupEnv] in an environment that leads to the emulator. Give it to pme.ConfigFromEnv. A nil
// Running, as Start returns beside an error, has no variables.
func (r *Running) LookupEnv(name string) (string, bool) {
	if r == nil {
		return "", false
	}
	value, ok := map[string]string{
		"MATTERPORT_CLIENT_ID":     r.cfg.ClientID,
		"MATTERPORT_CLIENT_SECRET": r.cfg.ClientSecret,
		"MATTERPORT_API_URL":       r.URL,
		"MATTERPORT_SHOWCASE_URL":  r.URL,
		"MATTERPORT_SDK_URL":       r.URL + "/sdk.es6.js",
		"MATTERPORT_SDK_KEY":       r.cfg.SDKKey,
	}[name]
	return value, ok
}

// Client returns an HTTP client whose idle connections are closed together with the emulator.
func (r *Running) Client() *http.Client { return r.listener.Client() }

// Close stops the emulator. It ends requests that [Hang] or [Latency] hold and webhooks that are being sent, and waits for the
// others.
func (r *Running) Close() {
	r.letGo()
	r.close()
	r.listener.Close()
}
