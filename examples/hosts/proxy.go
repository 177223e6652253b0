package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/user"
	"path/filepath"
	"strings"
)

// A certificate is one for this machine and example.com, which clients that know it trust.
type certificate struct {
	file, key string
	trusting  *tls.Config
}

func newCertificate(dir string) (certificate, error) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pair := server.TLS.Certificates[0]
	c := certificate{file: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return c, err
	}
	for path, block := range map[string]pem.Block{c.file: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, c.key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(&block), 0o600); err != nil {
			return c, err
		}
	}
	transport, _ := server.Client().Transport.(*http.Transport)
	c.trusting = transport.TLSClientConfig.Clone()
	return c, nil
}

// freeAddress returns an address of this machine at which nothing listens.
func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return "https://" + l.Addr().String(), l.Close()
}

func (s *site) startProxy(ctx context.Context) error {
	switch s.proxy {
	case "nginx":
		return s.startNginx(ctx)
	case "caddy":
		return s.startCaddy(ctx)
	}
	return fmt.Errorf("there is no proxy %q", s.proxy)
}

// startNginx starts nginx with what the recipe includes.
func (s *site) startNginx(ctx context.Context) error {
	me, err := user.Current()
	if err != nil {
		return err
	}
	account := ""
	if me.Uid == "0" { // or else it would become another user, who cannot enter the directory
		account = "user " + me.Username + ";\n"
	}
	listen, host := strings.TrimPrefix(s.url, "https://"), strings.TrimPrefix(s.hostAddr, "http://")
	upstream, own := "upstream host { server "+host+"; }", "host.conf"
	if s.fpm() {
		upstream, own = "upstream php { server unix:"+s.fpmSocket()+"; } include whoami.conf;", "php.conf"
	}
	conf := account + fmt.Sprintf(`daemon off;
pid %[1]s/nginx.pid;
error_log stderr warn;
worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path %[1]s/body;
    proxy_temp_path %[1]s/proxy;
    fastcgi_temp_path %[1]s/fastcgi;
    uwsgi_temp_path %[1]s/uwsgi;
    scgi_temp_path %[1]s/scgi;
    upstream pme { server unix:%[2]s; }
    %[6]s
    server {
        listen %[3]s ssl;
        ssl_certificate %[4]s;
        ssl_certificate_key %[5]s;
        include gateway.conf;
        include %[7]s;
    }
}
`, s.dir, s.gatewaySocket(), listen, s.cert.file, s.cert.key, upstream, own)
	// What an included file names is looked for beside the first one.
	snippets, err := filepath.Glob(s.example("nginx/*.conf"))
	if err != nil {
		return err
	}
	for _, path := range snippets {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		here := strings.NewReplacer("/var/www/intranet", s.example("php"), "127.0.0.1:3000", host).Replace(string(text))
		if err := os.WriteFile(s.file(filepath.Base(path)), []byte(here), 0o600); err != nil { //nolint:gosec // below the directory of the site
			return err
		}
	}
	if err := os.WriteFile(s.file("nginx.conf"), []byte(conf), 0o600); err != nil {
		return err
	}
	p, err := s.run(ctx, nil, "nginx", "-p", s.dir, "-c", s.file("nginx.conf"), "-e", "stderr")
	if err != nil {
		return err
	}
	return p.listens(ctx, "tcp", listen)
}

// startCaddy starts Caddy with the recipe as it is.
func (s *site) startCaddy(ctx context.Context) error {
	global := "{\n\tadmin off\n\tauto_https off\n\tgrace_period 1s\n\tdefault_bind 127.0.0.1\n\tdefault_sni example.com\n\tstorage file_system " + s.dir + "\n}\nimport " + s.example("caddy/Caddyfile") + "\n"
	if err := os.WriteFile(s.file("Caddyfile"), []byte(global), 0o600); err != nil {
		return err
	}
	env := []string{
		"SITE=" + s.url, "CERTIFICATE=" + s.cert.file, "KEY=" + s.cert.key,
		"GATEWAY=unix/" + s.gatewaySocket(), "HOST=" + s.hostAddr,
	}
	p, err := s.run(ctx, env, "caddy", "run", "--config", s.file("Caddyfile"), "--adapter", "caddyfile")
	if err != nil {
		return err
	}
	return p.listens(ctx, "tcp", strings.TrimPrefix(s.url, "https://"))
}
