package serve

import (
	"io"
	"os"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/hostjwt"
	"github.com/go-pme/pme/middleware/whoami"
)

// jwt makes the gate for tokens that the host signs.
func (b *builder) jwt() (*middleware.Gate, error) {
	c := b.cfg.Login.JWT
	if c == nil {
		return nil, nil //nolint:nilnil // there is no such section
	}
	if c.Issuer == "" && c.JWKSURL == "" {
		b.problems.add("login.jwt.issuer", "it is missing: write who the token says that it is from (iss), so that no other token of the host counts")
	}
	if c.Audience == "" && c.JWKSURL == "" {
		b.problems.add("login.jwt.audience", "it is missing: write whom the token says that it is for (aud), so that no other token of the host counts")
	}
	public, err := readPublicKey(c.PublicKey)
	if err != nil {
		b.problems.note(ProblemOf("login.jwt.public_key", err))
		return nil, errNotMade
	}
	b.g.public = public
	// A copy of a token is refused once its user is revoked. The gate of whoami needs no such record: the host ends its sessions itself.
	revocations := middleware.NewMemoryRevocations()
	if b.fleet != nil {
		revocations = b.fleet.Sessions()
	}
	gate, err := hostjwt.New(hostjwt.Config{
		Cookie: c.Cookie, Header: c.Header, Algorithm: c.Algorithm, Keys: c.Key.Source(), PublicKey: public, JWKSURL: c.JWKSURL,
		Issuer: c.Issuer, Audience: c.Audience, Leeway: c.Leeway,
		Claims:   hostjwt.Claims{ID: c.UserClaim, Email: c.EmailClaim, Name: c.NameClaim, Groups: c.GroupsClaim, Session: c.SessionClaim},
		LoginURL: b.cfg.Login.URL, Revocations: revocations, HTTPClient: b.client(), Events: b.events, Logger: b.log,
	})
	return b.made(gate, err, jwtWords)
}

// maxPublicKey bounds the file of public keys, of which there are four at most.
const maxPublicKey = 64 << 10

func readPublicKey(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	file, err := os.Open(name) //nolint:gosec // the operator names it
	if err != nil {
		return "", err //nolint:wrapcheck // it names the file
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, maxPublicKey))
	return string(text), err //nolint:wrapcheck // as above
}

// whoami makes the gate that asks the host.
func (b *builder) whoami() (*middleware.Gate, error) {
	c := b.cfg.Login.Whoami
	if c == nil {
		return nil, nil //nolint:nilnil // as above
	}
	gate, err := whoami.New(whoami.Config{
		URL: c.URL, AllowPlainHTTP: c.AllowPlainHTTP, Cookies: c.Cookies, Headers: c.Headers, Remember: c.Remember, Timeout: c.Timeout,
		LoginURL: b.cfg.Login.URL, Events: b.events, Logger: b.log, // its own client, which shows cookies to no proxy on the way
	})
	return b.made(gate, err, whoamiWords)
}
