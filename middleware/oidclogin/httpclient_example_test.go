package oidclogin_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/go-pme/pme/middleware/oidclogin"
)

// Inside the network the provider has another address than the one that browsers use and that its tokens name.
// Only the connection goes there: the certificate, the Host header and the issuer stay those of the public name.
func ExampleConfig_innerAddress() {
	provider := httptest.NewTLSServer(http.HandlerFunc(discoveryOfExampleCom)) // stands in for the real one
	defer provider.Close()
	const public = "example.com:443"
	inside := provider.Listener.Addr().String() // really such as keycloak.identity.svc:8443

	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport := provider.Client().Transport.(*http.Transport).Clone() // really http.DefaultTransport's
	transport.Proxy = nil                                              // a proxy would get the public name
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == public {
			address = inside
		}
		return dialer.DialContext(ctx, network, address)
	}
	login, err := oidclogin.New(oidclogin.Config{
		Issuer:       "https://example.com",
		ClientID:     "intranet",
		ClientSecret: "from the environment",
		RedirectURL:  "https://intranet.example.org/auth/callback",
		CookieKeys: [][]byte{
			[]byte("32 random bytes to authenticate."), // from the environment, really
			[]byte("32 random bytes to encrypt with."),
		},
		HTTPClient: &http.Client{Transport: transport, Timeout: 10 * time.Second},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = login.Close() }()

	w := httptest.NewRecorder()
	login.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/auth/login", nil))
	where, err := w.Result().Location()
	if err != nil {
		fmt.Println(w.Code, err)
		return
	}
	fmt.Println(w.Code, where.Host)
	// Output: 302 example.com
}

func discoveryOfExampleCom(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, `{"issuer":"https://%[1]s","authorization_endpoint":"https://%[1]s/authorize",
		"token_endpoint":"https://%[1]s/token","jwks_uri":"https://%[1]s/keys"}`, r.Host)
}
