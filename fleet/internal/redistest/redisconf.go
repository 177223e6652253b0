//go:build unix

package redistest

import (
	"fmt"
	"strings"
)

// redisConf returns the configuration of a server.
func (s *Server) redisConf() string {
	lines := s.addressLines()
	if s.role == sentinel {
		lines = append(lines, s.setup.sentinelLines()...)
	} else {
		lines = append(lines, s.setup.dataLines()...)
	}
	if s.role == clusterNode {
		lines = append(lines, "cluster-enabled yes", fmt.Sprintf("cluster-port %d", s.busPort), "cluster-node-timeout 2000")
	}
	lines = append(lines, s.lines...)
	return strings.Join(lines, "\n") + "\n"
}

func (s *Server) addressLines() []string {
	lines := []string{"bind 127.0.0.1", fmt.Sprintf("dir %q", s.data())}
	for _, user := range []string{admin, replicator, watcher} {
		lines = append(lines, fmt.Sprintf("user %s on >%s ~* &* +@all", user, s.setup.adminPassword))
	}
	if s.setup.certificates == nil {
		return append(lines, fmt.Sprintf("port %d", s.port))
	}
	return append(lines, "port 0", fmt.Sprintf("tls-port %d", s.port), s.setup.tlsLines())
}

func (s *setup) tlsLines() string {
	clients := "no"
	if s.mutual {
		clients = "yes"
	}
	return fmt.Sprintf("tls-ca-cert-file %q\ntls-cert-file %q\ntls-key-file %q\ntls-auth-clients %s\ntls-replication yes",
		s.certificates.CA, s.certificates.ServerCert, s.certificates.ServerKey, clients)
}

func (s *setup) dataLines() []string {
	lines := []string{
		`save ""`,
		"rdbcompression no", // Dump searches the bytes
		"repl-diskless-sync-delay 0",
		"rdb-del-sync-files yes", // a restarted replica would load them
		"masteruser " + replicator,
		"masterauth " + s.adminPassword,
	}
	if s.certificates != nil {
		lines = append(lines, "tls-cluster yes")
	}
	if s.appendOnly {
		lines = append(lines, "appendonly yes", "appendfsync always")
	}
	return append(append(lines, passwordLines(s.password)...), s.lines...)
}

func (s *setup) sentinelLines() []string {
	lines := append(passwordLines(s.sentinelPassword),
		"sentinel sentinel-user "+watcher,
		"sentinel sentinel-pass "+s.adminPassword)
	return append(lines, s.ofSentinels...)
}

func passwordLines(password string) []string {
	if password == "" {
		return nil
	}
	return []string{"requirepass " + password}
}
