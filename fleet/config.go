package fleet

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/fleet/internal/redis"
	"github.com/go-pme/pme/fleet/internal/vault"
)

// Config says which Redis or Valkey the replicas share. URL or Addresses, and Keys, are required. All replicas have the
// same Keys, Namespace and Lease.
type Config struct {
	// URL is where the server is: redis://[user:password@]host[:port][/database], or rediss:// for TLS.
	URL string

	// Addresses are host:port of the servers, instead of URL: of one server, of some nodes of a cluster, or of
	// Sentinels.
	Addresses []string

	// TLS, if not nil, makes connections by TLS, also those to Sentinels. A URL that begins with rediss uses TLS without
	// it, with the certificates that the system trusts.
	TLS *tls.Config

	// Username and Password are those of an ACL user. Without Username the password is that of the server. They
	// replace those of URL.
	Username string
	Password string

	// PasswordFile names a file with the password, instead of Password. It is read for each connection, so that a new
	// password needs no restart. White space around it does not count.
	PasswordFile string

	// Sentinel says which server the Sentinels at Addresses watch. Default: none, the addresses are those of servers.
	Sentinel Sentinel

	// Keys seal what is stored: each has 32 random bytes. The first seals, all open. To rotate them, add the new key
	// as the second one on all replicas, then make it the first one on all, then remove the old one a session's lifetime
	// later: a user who has signed out and in again under a key that is gone has to sign in once more.
	Keys [][]byte

	// Namespace tells fleets that share a server apart: letters, digits, dots, hyphens and underscores. Default: default.
	Namespace string

	// Lease is how long a replica answers from memory after it has last asked what was revoked. A revocation waits
	// that long, and a tenth of it more, for a replica that does not answer. Default: 1 second; 100 ms to 10 s.
	Lease time.Duration

	// OnOutage says what a replica does while Redis does not answer. Default: FailClosed.
	OnOutage OnOutage

	// MaxOutage is how long replicas go on with MintLocally. Default: 1 hour.
	MaxOutage time.Duration

	// WaitReplicas is how many replicas of Redis must have a revocation before it returns. It waits for at most a Lease, and
	// fails if there are fewer. Default: 0, which is faster; then a fail-over can lose the latest revocations until the
	// replicas of this application have written them again.
	WaitReplicas int

	// AnyPolicy accepts a server that may drop tokens when its memory is full. By default maxmemory-policy has to be
	// noeviction.
	AnyPolicy bool

	// MaxEntries and MaxPerUser bound the stored tokens of all users, and of one. Default: 1,000,000, and 100.
	MaxEntries int
	MaxPerUser int

	// Logger gets the beginning and the end of trouble. Default: slog.Default().
	Logger *slog.Logger
}

// OnOutage says what a replica does while Redis does not answer.
type OnOutage int

const (
	// FailClosed issues no token, once what is in memory has served for a Lease.
	FailClosed OnOutage = iota

	// MintLocally lets each replica mint for itself: tokens that live for 150 seconds at most. Gates and policies are asked as
	// always, and signing in fails. A revocation holds on its own replica at once and returns [store.ErrPending]; on the others
	// it holds once Redis answers again. If the replica ends before, it is lost. A session counts if this replica has seen it
	// before, or if it began while this replica ran; about another one it answers 503. A process that has not reached Redis
	// since its start mints nothing.
	MintLocally
)

// Sentinel configures Redis Sentinel.
type Sentinel struct {
	// Master is the name of the watched server, such as mymaster.
	Master string

	// Username and Password are those of the Sentinels, if they ask for one.
	Username string
	Password string
}

func (c Config) withDefaults() Config {
	c.Namespace = cmp.Or(c.Namespace, "default")
	c.Lease = cmp.Or(c.Lease, time.Second)
	c.MaxOutage = cmp.Or(c.MaxOutage, time.Hour)
	c.MaxEntries = cmp.Or(c.MaxEntries, 1_000_000)
	c.MaxPerUser = cmp.Or(c.MaxPerUser, 100)
	c.Logger = event.LoggerOr(c.Logger)
	return c
}

// check reports everything that is wrong with c, once the defaults are filled in.
func (c Config) check() (rueidis.ClientOption, *vault.Keys, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("fleet: "+format, args...)) }
	option, err := c.option()
	if err != nil {
		errs = append(errs, err)
	}
	keys, err := vault.New(c.Keys)
	if err != nil {
		bad("Keys: %w", err)
	}
	if strings.Trim(c.Namespace, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" || len(c.Namespace) > 100 {
		bad("Namespace is %q: use letters, digits, dots, hyphens and underscores, at most 100", c.Namespace)
	}
	if c.Lease < 100*time.Millisecond || c.Lease > 10*time.Second {
		bad("Lease is %v: give 100ms to 10s", c.Lease)
	}
	if c.OnOutage != FailClosed && c.OnOutage != MintLocally {
		bad("OnOutage is %d: give FailClosed or MintLocally", c.OnOutage)
	}
	if c.MaxOutage < 0 {
		bad("MaxOutage is %v: it must not be negative", c.MaxOutage)
	}
	if c.WaitReplicas < 0 {
		bad("WaitReplicas is %d: it must not be negative", c.WaitReplicas)
	}
	if c.MaxEntries < 0 || c.MaxPerUser < 0 {
		bad("MaxEntries and MaxPerUser must not be negative")
	}
	return option, keys, errors.Join(errs...)
}

// checkServer checks what the operator of Redis has set.
func (c Config) checkServer(ctx context.Context, client rueidis.Client) error {
	redis.CheckReplicas(ctx, client, c.Logger)
	if c.AnyPolicy {
		return nil
	}
	return redis.CheckPolicy(ctx, client, c.Logger) //nolint:wrapcheck // it says what is wrong
}

// option is what the client is made of.
func (c Config) option() (rueidis.ClientOption, error) {
	option := rueidis.ClientOption{InitAddress: c.Addresses}
	switch {
	case c.URL == "" && len(c.Addresses) == 0:
		return option, errors.New("fleet: URL is missing: say where Redis is, such as redis://redis.internal:6379/0")
	case c.URL != "" && len(c.Addresses) != 0:
		return option, errors.New("fleet: both URL and Addresses are set: give one of them")
	case c.URL != "":
		parsed, err := redis.ParseURL(c.URL)
		if err != nil {
			return option, fmt.Errorf("fleet: URL: %w", err)
		}
		option = parsed
	}
	if c.TLS != nil {
		option.TLSConfig = c.TLS.Clone()
	}
	if c.Username != "" {
		option.Username = c.Username
	}
	if c.Password != "" {
		option.Password = c.Password
	}
	if c.Password != "" && c.PasswordFile != "" {
		return option, errors.New("fleet: both Password and PasswordFile are set: give one of them")
	}
	// The fleet has a cache of its own, and asks nothing of RESP3.
	option.DisableCache, option.AlwaysRESP2, option.DisableRetry = true, true, true
	option.ClientSetInfo = rueidis.DisableClientSetInfo
	option.ClientName = ""
	option.Dialer = net.Dialer{Timeout: 2 * time.Second, KeepAlive: 5 * time.Second}
	option.ConnWriteTimeout = 2 * time.Second
	if c.Sentinel.Master != "" {
		redis.Sentinels(&option, rueidis.SentinelOption{
			MasterSet: c.Sentinel.Master, Username: c.Sentinel.Username, Password: c.Sentinel.Password,
			TopologyRefreshInterval: 5 * time.Second,
		})
	}
	if c.PasswordFile != "" {
		redis.PasswordFile(&option, c.PasswordFile)
	}
	return option, nil
}
