package serve

import (
	"context"
	"slices"
	"time"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

// A secretState is a secret that can be in a file.
type secretState struct {
	path   string
	secret config.Secret
	live   bool     // a new value counts at once
	values []string // as of the last look
}

func (g *Gateway) rememberSecrets() {
	c := g.cfg
	add := func(path string, s config.Secret, live bool) {
		if s.IsSet() {
			g.secrets = append(g.secrets, secretState{path, s, live, s.Values()})
		}
	}
	add("matterport.client_secret", c.Matterport.ClientSecret, true)
	add("matterport.sdk_key", c.Matterport.SDKKey, true)
	if h := c.Login.Headers; h != nil {
		add("login.headers.secret", h.Secret, false)
	}
	if j := c.Login.JWT; j != nil {
		add("login.jwt.key", j.Key, true)
	}
	if o := c.Login.OIDC; o != nil {
		add("login.oidc.client_secret", o.ClientSecret, true)
		add("login.oidc.cookie_keys", o.CookieKeys, true)
	}
	add("fleet.password", c.Fleet.Password, false)
	add("fleet.keys", c.Fleet.Keys, false)
	add("connections.client_secret", c.Connections.ClientSecret, true)
	add("connections.database", c.Connections.Database, false)
	add("connections.keys", c.Connections.Keys, true)
	add("webhook.secret", c.Webhook.Secret, true)
	add("audit.database", c.Audit.Database, false)
	add("audit.chain_key", c.Audit.ChainKey, false)
	add("audit.pseudonym_keys", c.Audit.PseudonymKeys, false)
}

// lookTime bounds how long the files are looked at, which can be on a network.
const lookTime = 10 * time.Second

// Reload reads the files of secrets again, and returns a sentence for each that has changed: whether its new value counts from now on,
// or after a restart. A file that cannot be used changes nothing, and is an event of its own. The allow-list needs no Reload, as it is
// read again by itself. Reload must not be called twice at once.
func (g *Gateway) Reload(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var news []string
	for i := range g.secrets {
		s := &g.secrets[i]
		s.secret.Source().Look(ctx)
		values := s.secret.Values()
		switch {
		case slices.Equal(values, s.values):
		case s.live:
			s.values = values
			news = append(news, s.path+": the new value is in use")
		default: // the value that is in use stays the one to compare with
			news = append(news, s.path+": the new value is used after a restart")
		}
	}
	return append(news, g.publicKey()...)
}

// publicKey tells whether the file of the host's public keys has changed, which is read at the start only.
func (g *Gateway) publicKey() []string {
	const path = "login.jwt.public_key"
	j := g.cfg.Login.JWT
	if j == nil || j.PublicKey == "" {
		return nil
	}
	switch now, err := readPublicKey(j.PublicKey); {
	case err != nil:
		return []string{path + ": the file cannot be read, so the next start would fail: put it back, or correct the setting"}
	case now != g.public:
		return []string{path + ": the new value is used after a restart"}
	}
	return nil
}
