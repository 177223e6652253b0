package pme

import (
	"net/http"
	"strings"
	"testing"
)

// Monitors and link checkers send HEAD. It is answered as GET (RFC 9110 §9.3.2).
func TestHEADIsAnsweredAsGET(t *testing.T) {
	h := complete(t)
	addresses := []string{"/connect/", "/connect/done", "/connect/begin", "/connect/signed-in", "/connect/connect.js", "/nothing", "/view/", "/connect/nothing"}
	for _, rt := range h.table() {
		if !strings.HasSuffix(rt.path, "/") {
			addresses = append(addresses, rt.address())
		}
	}
	for _, person := range []string{"", "alice", "bob"} {
		for _, address := range addresses {
			for _, accept := range []string{"text/html", "application/json"} {
				get := do(t, h, http.MethodGet, person, address+"?modelId="+space, "Accept", accept)
				head := do(t, h, http.MethodHead, person, address+"?modelId="+space, "Accept", accept)
				same := head.Code == get.Code
				for _, name := range []string{"Location", "Content-Type", "Cache-Control", "WWW-Authenticate", "Vary", "Allow"} {
					same = same && head.Header().Get(name) == get.Header().Get(name)
				}
				if !same || len(head.Result().Cookies()) != 0 {
					t.Errorf("%q asks for %s as %s: HEAD %d %v, GET %d %v", person, address, accept, head.Code, head.Header(), get.Code, get.Header())
				}
			}
		}
	}
}
