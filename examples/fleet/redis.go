package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"time"
)

// findRedis returns the address of the Redis of REDIS_URL, or of one that it starts.
func findRedis(ctx context.Context) (*url.URL, func(), error) {
	if text := os.Getenv("REDIS_URL"); text != "" {
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "redis" || u.Hostname() == "" { // not the error, which has the password in it
			return nil, nil, errors.New("REDIS_URL must have the form redis://[user:password@]host:port/0")
		}
		if u.Port() == "" {
			u.Host = net.JoinHostPort(u.Hostname(), "6379")
		}
		return u, func() {}, nil
	}
	program, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, nil, errors.New("there is no redis-server: install one (apt-get install redis-server, brew install redis), or set REDIS_URL")
	}
	return startRedis(ctx, program)
}

// startRedis starts a server that writes nothing to disk.
func startRedis(ctx context.Context, program string) (*url.URL, func(), error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	server := exec.Command(program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no") //nolint:gosec,noctx // ended below
	if err := server.Start(); err != nil {
		return nil, nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Wait() // however it ended
	}()
	end := func() {
		_ = server.Process.Kill()
		<-ended
	}
	for range 100 {
		select {
		case <-ended:
			return nil, nil, errors.New("redis-server has ended: run it by hand to see why")
		case <-time.After(50 * time.Millisecond):
		}
		if c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address); err == nil {
			return &url.URL{Scheme: "redis", Host: address}, end, c.Close()
		}
	}
	end()
	return nil, nil, errors.New("redis-server does not answer")
}

func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
