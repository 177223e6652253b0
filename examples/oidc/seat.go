package main

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// A seat is where the provider of the example serves. Processes with the same SESSION_KEY are one intranet, and have one
// provider: the first of them serves it, and if that ends, another one does.
type seat struct {
	address  string
	secret   string       // of the client
	listener net.Listener // nil while another process serves
	shared   bool
}

// takeSeat finds the seat that belongs to the key. Without a key, it is one of this process alone.
func takeSeat(key string) (*seat, error) {
	if key == "" {
		listener, err := listen("127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		return &seat{address: listener.Addr().String(), secret: rand.Text(), listener: listener}, nil
	}
	seats := make([]*seat, 5) // strangers may have some of the ports
	for i := range seats {
		derived, err := hkdf.Key(sha256.New, []byte(key), nil, fmt.Sprint("provider of the example ", i), 34)
		if err != nil {
			return nil, err
		}
		port := 20000 + (int(derived[0])<<8|int(derived[1]))%12000 // below those that systems give out
		seats[i] = &seat{address: fmt.Sprintf("127.0.0.1:%d", port), secret: hex.EncodeToString(derived[2:]), shared: true}
	}
	for range 3 { // processes may start at once
		for _, s := range seats {
			if s.taken() {
				return s, nil
			}
		}
		for _, s := range seats {
			var err error
			if s.listener, err = listen(s.address); err == nil {
				return s, nil
			}
		}
	}
	return nil, errors.New("no free port for the provider of the example: set OIDC_ISSUER, or another SESSION_KEY")
}

func listen(address string) (net.Listener, error) {
	return (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
}

func (s *seat) issuer() string { return "http://" + s.address }

// taken reports whether another process serves the provider.
func (s *seat) taken() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.issuer()+"/.well-known/openid-configuration", http.NoBody)
	if err != nil {
		return false
	}
	var client http.Client
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	var found struct{ Issuer string }
	return json.NewDecoder(answer.Body).Decode(&found) == nil && found.Issuer == s.issuer()
}

// await waits until this process may serve.
func (s *seat) await(ctx context.Context) (net.Listener, error) {
	for s.listener == nil {
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		s.listener, _ = listen(s.address) // it is taken as a rule
	}
	return s.listener, nil
}
