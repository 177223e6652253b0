package proxies_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// certificate is one for example.com, with its key, in files of dir. Clients that trust it are those of server.
func certificate(t *testing.T, dir string) (cert, key string, trusting *tls.Config) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pair := server.TLS.Certificates[0]
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]pem.Block{cert: {Type: "CERTIFICATE", Bytes: pair.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(&block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusting = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	return cert, key, trusting
}

// A front is a proxy that listens on a Unix socket.
type front struct {
	dir, socket string
	trusting    *tls.Config
}

// newFront makes the directory that the proxy's files are in. A socket's path must be short.
func newFront(t *testing.T) *front {
	t.Helper()
	dir, err := os.MkdirTemp("", "pme")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return &front{dir: dir, socket: filepath.Join(dir, "front.sock")}
}

func (f *front) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// nginx starts nginx with TLS, the snippet of a location, and the replicas.
func nginx(t *testing.T, snippet string, replicas []string) *front {
	t.Helper()
	f := newFront(t)
	cert, key, trusting := certificate(t, f.dir)
	f.trusting = trusting
	location, err := filepath.Abs(snippet)
	if err != nil {
		t.Fatal(err)
	}
	compression, err := filepath.Abs("nginx/compression.conf")
	if err != nil {
		t.Fatal(err)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	account := ""
	if me.Uid == "0" { // or else it would become another user, who cannot enter the directory
		account = "user " + me.Username + ";\n"
	}
	conf := f.file(t, "nginx.conf", account+fmt.Sprintf(`daemon off;
pid %[1]s/nginx.pid;
error_log stderr notice;
worker_processes 1;
events {}
http {
    access_log off;
    client_body_temp_path %[1]s/body;
    proxy_temp_path %[1]s/proxy;
    fastcgi_temp_path %[1]s/fastcgi;
    uwsgi_temp_path %[1]s/uwsgi;
    scgi_temp_path %[1]s/scgi;
    include %[2]s;
    upstream portal { server %[3]s; }
    server {
        listen unix:%[4]s ssl;
        server_name example.com;
        ssl_certificate %[5]s;
        ssl_certificate_key %[6]s;
        include %[7]s;
    }
}
`, f.dir, compression, strings.Join(replicas, "; server "), f.socket, cert, key, location))
	f.run(t, nil, "nginx", "-p", f.dir, "-c", conf, "-e", "stderr")
	return f
}

// caddy starts Caddy with TLS, a snippet and the replicas.
func caddy(t *testing.T, snippet string, replicas []string) *front {
	t.Helper()
	f := newFront(t)
	cert, key, trusting := certificate(t, f.dir)
	f.trusting = trusting
	text, err := os.ReadFile(snippet)
	if err != nil {
		t.Fatal(err)
	}
	conf := f.file(t, "Caddyfile", fmt.Sprintf(`{
	admin off
	auto_https off
	storage file_system %s
}
https://example.com {
	bind unix/%s
	tls %s %s
%s}
`, f.dir, f.socket, cert, key, text))
	f.run(t, []string{"REPLICAS=" + strings.Join(replicas, " "), "HOME=" + f.dir}, "caddy", "run", "--config", conf, "--adapter", "caddyfile")
	return f
}

// run starts a program in the foreground, waits until it listens, and stops that process at the end of the test.
func (f *front) run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install Debian's package of that name", name)
	}
	log := new(bytes.Buffer)
	program := exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	program.Stdout, program.Stderr, program.Env = log, log, append(os.Environ(), env...)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = program.Wait() // by a signal
		close(ended)
	}()
	t.Cleanup(func() {
		_ = program.Process.Signal(syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Logf("%s:\n%s", name, log)
		}
	})
	for {
		conn, err := new(net.Dialer).DialContext(t.Context(), "unix", f.socket)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s has ended:\n%s", name, log)
		case <-time.After(10 * time.Millisecond):
		}
		if t.Context().Err() != nil {
			t.Fatal(errors.Join(err, t.Context().Err()))
		}
	}
}
