//go:build unix

package blackbox_test

import (
	"crypto/rand"
	"encoding/base64"
	"net/url"
	"os"
	"testing"

	"github.com/go-pme/pme/fleet/internal/netfault"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

const (
	office  = "SxQL3iGyoDo" // alice may see both
	another = "yyHDFKzPzvN"
)

// A site is replicas of one example, with what they share.
type site struct {
	t          *testing.T
	kind       string
	redis      *redistest.Server
	matterport *matterporttest.Running
	provider   *provider // of oidc
	fleetKey   string
	sessionKey string
}

func newSite(t *testing.T, kind string, options ...redistest.Option) *site {
	t.Helper()
	s := &site{t: t, kind: kind, redis: redistest.Start(t, options...), fleetKey: newKey(), sessionKey: newKey()}
	s.matterport = matterporttest.NewServer(t, matterporttest.Config{Models: []matterporttest.Model{
		{ID: office, Name: "Head office"}, {ID: another, Name: "Warehouse"},
	}})
	if kind == "oidc" {
		s.provider = startProvider(t)
	}
	return s
}

func newKey() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

// env is the environment of a replica. Later variables replace earlier ones.
func (s *site) env(more ...string) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "REDIS_URL=" + s.redis.URL(), "PME_FLEET_KEY=" + s.fleetKey, "SESSION_KEY=" + s.sessionKey,
	}
	for _, name := range []string{"MATTERPORT_CLIENT_ID", "MATTERPORT_CLIENT_SECRET", "MATTERPORT_API_URL", "MATTERPORT_SHOWCASE_URL"} {
		value, _ := s.matterport.LookupEnv(name)
		env = append(env, name+"="+value)
	}
	if s.provider != nil {
		env = append(env, "OIDC_ISSUER="+s.provider.URL, "OIDC_CLIENT_ID=intranet", "OIDC_CLIENT_SECRET=hidden")
	}
	return append(env, more...)
}

// start starts a replica that serves.
func (s *site) start(env ...string) *process {
	s.t.Helper()
	p := launch(s.t, s.kind, s.env(env...), []string{"-mint-burst", "1000"})
	if p.origin == "" {
		s.t.Fatalf("the replica has ended:\n%s", &p.stderr)
	}
	return p
}

func (s *site) replicas(n int) []*process {
	s.t.Helper()
	all := make([]*process, n)
	for i := range all {
		all[i] = s.start()
	}
	return all
}

// through is the REDIS_URL that leads to the server through a proxy.
func (s *site) through(p *netfault.Proxy) string {
	u, err := url.Parse(s.redis.URL())
	if err != nil {
		s.t.Fatal(err)
	}
	u.Host = p.Addr()
	return "REDIS_URL=" + u.String()
}
