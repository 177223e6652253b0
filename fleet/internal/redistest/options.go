//go:build unix

package redistest

import (
	"crypto/rand"
	"fmt"
	"testing"
)

// These users have every right, whatever a test configures for others, and one password.
const (
	admin      = "redistest"          // the package itself
	replicator = "redistest-replica"  // replicas, at their primary
	watcher    = "redistest-sentinel" // sentinels, at the servers that they watch
)

// An Option configures all servers that one call starts.
type Option func(*setup)

// A setup is what the servers of one call have in common.
type setup struct {
	lines            []string // of redis.conf, for servers that hold data
	ofSentinels      []string // of sentinels' configuration
	appendOnly       bool
	password         string
	sentinelPassword string
	secured, mutual  bool

	adminPassword string
	certificates  *Certificates // nil: no TLS
}

func newSetup(tb testing.TB, opts []Option) *setup {
	tb.Helper()
	s := &setup{adminPassword: rand.Text()}
	for _, o := range opts {
		o(s)
	}
	if s.secured {
		s.certificates = NewCertificates(tb)
	}
	return s
}

// WithConfig adds lines to redis.conf. They do not apply to sentinels.
func WithConfig(lines ...string) Option {
	return func(s *setup) { s.lines = append(s.lines, lines...) }
}

// WithSentinelConfig adds lines to the configuration of sentinels.
func WithSentinelConfig(lines ...string) Option {
	return func(s *setup) { s.ofSentinels = append(s.ofSentinels, lines...) }
}

// WithAppendOnly turns the append-only file on. It is written before each answer.
func WithAppendOnly() Option { return func(s *setup) { s.appendOnly = true } }

// WithPassword sets the password of the default user. It does not apply to sentinels.
func WithPassword(password string) Option { return func(s *setup) { s.password = password } }

// WithSentinelPassword sets the password of the sentinels' default user.
func WithSentinelPassword(password string) Option {
	return func(s *setup) { s.sentinelPassword = password }
}

// WithUser adds a user, not at sentinels. The rules are those of ACL SETUSER, such as ">password", "~*" and "+get".
func WithUser(name, rules string) Option { return WithConfig("user " + name + " on " + rules) }

// WithoutDefaultUser disables the default user, so that clients have to name one.
func WithoutDefaultUser() Option { return WithConfig("user default off") }

// WithTLS makes the servers accept TLS connections only. A certificate is not asked of clients.
func WithTLS() Option { return func(s *setup) { s.secured = true } }

// WithMutualTLS makes the servers accept TLS connections only, from clients with a certificate of the test's authority.
func WithMutualTLS() Option { return func(s *setup) { s.secured, s.mutual = true, true } }

// WithMaxMemory limits the memory, such as "2mb", with a policy, such as "allkeys-lru".
func WithMaxMemory(size, policy string) Option {
	return WithConfig(fmt.Sprintf("maxmemory %s", size), fmt.Sprintf("maxmemory-policy %s", policy))
}
