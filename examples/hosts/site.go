package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"

	"github.com/go-pme/pme/matterport/matterporttest"
)

// config says what a site is made of.
type config struct {
	root    string // of the project
	host    string // node, python or php
	proxy   string // nginx or caddy
	program string // the program pme
	revokes bool   // the host runs pme revoke when people sign out
	jwt     bool   // the host signs tokens, and is not asked: node alone does

	// headers has the gateway believe X-Forwarded-User and X-Forwarded-Groups of the proxy, which must not let them through.
	headers bool

	log io.Writer
}

// A site is a host with pme beside it, and a proxy in front of both.
type site struct {
	config
	url      string // of the proxy
	emulator *matterporttest.Running
	dir      string // of sockets, certificates and what is written; its path is short, as those of sockets must be
	hostAddr string
	key      string // of the host's tokens
	cert     certificate
	ends     []func() // the last first
}

var spaces = []matterporttest.Model{
	{ID: "SxQL3iGyoDo", Name: "Head office"},
	{ID: "yyHDFKzPzvN", Name: "Warehouse"},
	{ID: "JGPnGQ6hosj", Name: "Showroom"},
	{ID: "Zh14WDtkjdC", Name: "Laboratory"},
	{ID: "iL4RdJqi2yK", Name: "Guest house"},
	{ID: "RpcBbeJYb8K", Name: "Data centre"},
}

// start starts everything. Close the site to end it.
func start(ctx context.Context, cfg config) (s *site, err error) {
	s = &site{config: cfg, key: rand.Text() + rand.Text()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.root, err = filepath.Abs(cfg.root); err != nil {
		return s, err
	}
	if s.dir, err = os.MkdirTemp("", "pme"); err != nil {
		return s, err
	}
	if s.emulator, err = matterporttest.Start("", matterporttest.Config{Models: spaces}); err != nil {
		return s, err
	}
	s.ends = append(s.ends, s.emulator.Close)
	if s.cert, err = newCertificate(s.dir); err != nil {
		return s, err
	}
	for _, part := range []func(context.Context) error{s.startHost, s.startGateway, s.startProxy} {
		if err := part(ctx); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *site) close() error {
	for i := range s.ends {
		s.ends[len(s.ends)-1-i]()
	}
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// run starts a program of the site.
func (s *site) run(ctx context.Context, env []string, name string, args ...string) (*program, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%s is missing: install Debian's package that has it: %w", name, err)
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), path, args...)                             //nolint:gosec // names of this package, and the program that its caller names
	cmd.Dir, cmd.Env = s.root, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir}, env...) // and nothing that was meant for others
	p, err := startProgram(cmd, s.log)
	if err != nil {
		return nil, err
	}
	s.ends = append(s.ends, p.end)
	return p, nil
}

func (s *site) file(name string) string    { return filepath.Join(s.dir, name) }
func (s *site) example(name string) string { return filepath.Join(s.root, "examples", "hosts", name) }
func (s *site) gatewaySocket() string      { return s.file("http.sock") }
func (s *site) controlSocket() string      { return s.file("control.sock") }
func address(line string) string           { return anyAddress.FindString(line) }

var listening = regexp.MustCompile(`^pme: listening on .*`)

var anyAddress = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// commands start the hosts, by name.
var commands = map[string][]string{
	"node":   {"node", "node/server.js"},
	"python": {"/usr/bin/python3", "python/server.py"},
	"php":    {"php", "-q", "-S", "127.0.0.1:0", "php/index.php"},
}

func (s *site) startHost(ctx context.Context) error {
	command, ok := commands[s.host]
	if !ok {
		return fmt.Errorf("there is no host %q", s.host)
	}
	args := append([]string{}, command[1:]...)
	args[len(args)-1] = s.example(args[len(args)-1])
	env := []string{
		"PORT=0", "SESSION_KEY=" + rand.Text(), "CACHE_DIR=" + s.dir, "PHP_CLI_SERVER_WORKERS=4",
	}
	if s.revokes {
		env = append(env, "PME="+s.program, "PME_CONTROL_SOCKET="+s.controlSocket())
	}
	if s.jwt {
		env = append(env, "JWT_KEY="+s.key)
	}
	if s.fpm() {
		return s.startFPM(ctx, env)
	}
	host, err := s.run(ctx, env, command[0], args...)
	if err != nil {
		return err
	}
	s.hostAddr, err = host.line(ctx, address)
	return err
}

func (s *site) startGateway(ctx context.Context) error {
	env := []string{
		"MATTERPORT_CLIENT_ID=" + matterporttest.DefaultClientID, "MATTERPORT_CLIENT_SECRET=" + matterporttest.DefaultClientSecret,
		"MATTERPORT_API_URL=" + s.emulator.URL, "MATTERPORT_SHOWCASE_URL=" + s.emulator.URL, "MATTERPORT_SDK_URL=" + s.emulator.URL + "/sdk.es6.js",
		"MATTERPORT_SDK_KEY=" + matterporttest.DefaultSDKKey,
		"PME_ADDR=unix:" + s.gatewaySocket(), "PME_CONTROL_SOCKET=" + s.controlSocket(),
	}
	file := "pme.yaml"
	if s.jwt {
		file = "pme-jwt.yaml"
		env = append(env, "PME_LOGIN_JWT_KEY="+s.key)
	} else {
		env = append(env, "PME_LOGIN_WHOAMI_URL="+s.hostAddr+"/whoami")
	}
	var err error
	if s.url, err = freeAddress(ctx); err != nil {
		return err
	}
	env = append(env, "PME_BASE_URL="+s.url)
	if s.headers {
		env = append(env, "PME_LOGIN_HEADERS_USER=X-Forwarded-User", "PME_LOGIN_HEADERS_GROUPS=X-Forwarded-Groups")
	}
	gateway, err := s.run(ctx, env, s.program, "serve", "-config", s.example(file))
	if err != nil {
		return err
	}
	_, err = gateway.line(ctx, func(line string) string { return listening.FindString(line) })
	return err
}
