package matterport_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/matterport"
)

func TestConnectionErrorIsDescribedButNotQuoted(t *testing.T) {
	refused := errors.New("connection refused")
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"refused":       {&net.OpError{Op: "dial", Net: "tcp", Err: refused}, "dial tcp: connection refused"},
		"no such host":  {&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "api.example.com"}}, "lookup api.example.com: no such host"},
		"proxy":         {&net.OpError{Op: "proxyconnect", Net: "tcp", Err: errors.New("hush")}, "the proxy refused the connection"},
		"certificate":   {&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, "unknown authority"},
		"no TLS":        {tls.RecordHeaderError{Msg: "hush"}, "the server does not speak TLS"},
		"timeout":       {&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, "no complete answer in time"},
		"cut":           {fmt.Errorf("hush: %w", io.ErrUnexpectedEOF), "the connection ended before the answer was complete"},
		"not HTTP":      {errors.New("malformed HTTP response \"hush\""), "the answer was not HTTP"},
		"broken stream": {&net.OpError{Op: "read", Err: errors.New("hush")}, "the connection failed"},
	} {
		t.Run(name, func(t *testing.T) {
			u := &upstream{graph: func(int, asked) reply { return reply{fails: tc.err} }}
			client := newClient(t, u, func(cfg *matterport.Config) { cfg.MaxAttempts = 1 })
			err := link(t.Context(), client)
			if e := failure(t, err); !strings.Contains(e.Message, tc.want) || !errors.Is(err, matterport.ErrUnavailable) {
				t.Errorf("err = %v; want ErrUnavailable with %q", err, tc.want)
			}
			mustNotTell(t, "error", printed(err)...)
		})
	}
}

func TestRetryDateIsReadWithoutADateToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &upstream{graph: func(int, asked) reply {
			return reply{status: 503, header: http.Header{"Retry-After": {"Sat, 01 Jan 2000 02:00:00 GMT"}}}
		}}
		if e := failure(t, link(t.Context(), newClient(t, u))); e.RetryAfter != 2*time.Hour {
			t.Errorf("RetryAfter = %v; want 2h", e.RetryAfter)
		}
	})
}
