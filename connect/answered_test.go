package connect_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-pme/pme/connect"
)

// Matterport's words reach the operator. They may repeat what was sent, and come by way of the browser.
func TestErrorInTheCallbackIsLoggedWithoutSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, code := range []string{"access_denied", "invalid_scope", "server_error", "unauthorized_client"} {
			d := newDesk(t)
			a := begin(t, d.Connections, alice, connect.Request{})
			values := url.Values{"attempt": {a.ID}, "error": {code}, "code": {"a-code"}, "error_description": {
				"the application is disabled\r\n\x1b[31m " + a.ID + " a-code " + string(a.Proof) + strings.Repeat(" x", 1000),
			}}
			cb, ok := connect.ReadCallback(values)
			if !ok {
				t.Fatal("no callback")
			}
			if _, err := d.Finish(t.Context(), alice, cb, string(a.Proof)); err == nil {
				t.Fatal("no error")
			}
			d.log.has(t, code, "the application is disabled")
			for _, secret := range []string{a.ID, string(a.Proof), "a-code", "\x1b", "\r", strings.Repeat(" x", 301)} {
				if strings.Contains(d.log.String(), secret) {
					t.Errorf("%s: %q is in the log:\n%s", code, secret, d.log)
				}
			}
		}
	})
}
