package main

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"
)

// A balancer sends each request to the next replica that runs.
type balancer struct {
	all  []*replica
	next atomic.Uint64
}

// newBalancer returns the proxy in front of the replicas. It flushes at once, so that streams of events pass.
func newBalancer(all []*replica) http.Handler {
	proxy := &httputil.ReverseProxy{
		Transport:     &balancer{all: all},
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host = r.In.Host // a replica compares it with the Origin of forms
			r.SetXForwarded()
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { unavailable(w) },
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // a stream has no end
		proxy.ServeHTTP(w, r)
	})
}

var errNoReplica = errors.New("no replica runs")

// RoundTrip implements [http.RoundTripper]. If a replica is gone, the next one is tried, unless the request has a body.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	err := errNoReplica
	for range b.all {
		to := b.all[b.next.Add(1)%uint64(len(b.all))]
		origin, parseErr := url.Parse(to.origin())
		if parseErr != nil || origin.Host == "" {
			continue
		}
		own := r.Clone(r.Context())
		own.URL.Scheme, own.URL.Host = origin.Scheme, origin.Host
		var answer *http.Response
		if answer, err = http.DefaultTransport.RoundTrip(own); err == nil {
			to.answers.Add(1)
			answer.Header.Set("X-Replica", to.name)
			return answer, nil
		}
		if r.Context().Err() != nil || r.Body != nil && r.Body != http.NoBody {
			break
		}
	}
	return nil, err
}
