package middleware

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
)

// NewTrustedHeader makes a gate for a service behind a proxy that signs people in and says in headers who
// they are, such as oauth2-proxy, Authelia or an ingress with an auth_request.
//
// # Whom it trusts
//
// A client that can write these headers can pass for any user. They count only in requests from one of
// the Proxies, judged by the connection itself ([http.Request.RemoteAddr]) and not by a header. A
// middleware in front of the gate that writes the client's address into RemoteAddr, as some do from
// X-Forwarded-For, lets every client pass for the proxy: put it behind the gate. A peer without an IP
// address, as on a Unix socket, is not trusted.
//
// The proxy must overwrite or remove these headers when a client sends them. The gate refuses what it can
// see of an attempt, whoever sent it: a header that other programs may take for one of these
// (X_Forwarded_User), a header that occurs twice, a list where one name belongs, an empty user, characters in
// the user that cannot be seen.
//
// # What may be odd
//
// Only the user has to be in order. Some proxies write a placeholder if there is none: a user (null), -, null,
// nil, none, undefined, anonymous, or such a word in brackets, in whatever letter case, is none, and the
// request is unauthenticated.
//
// The name is for display. It loses what cannot be seen, and is read as Latin-1 if it is not UTF-8. A group
// that is not UTF-8, or has characters that cannot be seen, is left out, and so is such an address: policies
// do not get to see them. Logger gets a warning that quotes what was left out, once for each value. A placeholder
// counts as empty.
//
// # Answers
//
// A request without these headers is unauthenticated. A request that has them and should not is always
// rejected: 400 invalid_request for their content, 401 for where they came from. The request that is
// passed on has none of them, nor the secret: its user is in its context.
//
// The ID is the user's name as the header has it. It is not checked against anything, and nothing is
// remembered. NewTrustedHeader reports everything that is wrong with cfg.
func NewTrustedHeader(cfg TrustedHeaderConfig) (*Gate, error) {
	cfg = cfg.withDefaults()
	t := &trustedRecognizer{
		cfg:    cfg,
		names:  cfg.names(),
		secret: sha256.Sum256([]byte(cfg.Secret)),
		log:    onceLog{logger: event.LoggerOr(cfg.Logger)},
	}
	gate, err := New(t, Config{LoginURL: cfg.LoginURL, Events: cfg.Events, Logger: cfg.Logger})
	if err := errors.Join(cfg.validate(), err); err != nil {
		return nil, err
	}
	gate.hide = t.hide
	return gate, nil
}

var errNoHeaders = fmt.Errorf("%w: no headers of the proxy", ErrNotSignedIn)

type trustedRecognizer struct {
	cfg    TrustedHeaderConfig
	names  []string // of all headers that the gate reads
	secret [sha256.Size]byte
	log    onceLog
}

// Recognize implements [Recognizer].
func (t *trustedRecognizer) Recognize(_ http.ResponseWriter, r *http.Request) (*identity.User, error) {
	said, err := t.read(r.Header)
	switch {
	case err != nil:
		return nil, err
	case len(said) == 0:
		return nil, errNoHeaders
	case !t.isProxy(r.RemoteAddr):
		return nil, untrustedPeer("headers of the proxy came from another address")
	case t.cfg.Secret != "" && !t.isSecret(said[t.cfg.SecretHeader]):
		return nil, untrustedPeer("the secret of the proxy is missing or wrong")
	}
	delete(said, t.cfg.SecretHeader)
	if len(said) == 0 {
		return nil, errNoHeaders
	}
	return t.user(r.Context(), said)
}

// Sought says by what the recognizer finds a user.
func (t *trustedRecognizer) Sought() string { return "the header " + t.cfg.User }

// read returns the gate's headers, by name, whoever has sent them.
func (t *trustedRecognizer) read(h http.Header) (map[string]string, error) {
	var said map[string]string
	for name, values := range h {
		i := t.index(name)
		switch {
		case i < 0:
			continue
		case name != t.names[i]:
			return nil, untrustedHeader("a header could be taken for " + t.names[i])
		case len(values) != 1:
			return nil, untrustedHeader("there are several headers " + name)
		case said == nil:
			said = make(map[string]string, len(t.names))
		}
		said[name] = values[0]
	}
	return said, nil
}

// index returns which of the gate's headers the name could be taken for, or -1.
func (t *trustedRecognizer) index(name string) int {
	return slices.IndexFunc(t.names, func(own string) bool { return looksLike(name, own) })
}

// looksLike reports whether some program may take one header's name for the other. CGI and all that
// descends from it read a hyphen as an underscore, and some of it any other character as well.
func looksLike(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if folded(a[i]) != folded(b[i]) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func folded(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case isAlphanumeric(c):
		return c
	}
	return '-'
}

// isProxy reports whether the address of a peer is one of the proxies'.
func (t *trustedRecognizer) isProxy(remote string) bool {
	return t.cfg.UnsafeTrustAnyPeer || isAmong(t.cfg.Proxies, remote)
}

// isSecret compares hashes, so that the time it takes says nothing about the secret, its length included.
func (t *trustedRecognizer) isSecret(s string) bool {
	sum := sha256.Sum256([]byte(s))
	return subtle.ConstantTimeCompare(sum[:], t.secret[:]) == 1
}

// hide returns the headers without those that the gate reads, and without those that look like them.
func (t *trustedRecognizer) hide(h http.Header) http.Header {
	rest := make(http.Header, len(h))
	for name, values := range h {
		if t.index(name) < 0 {
			rest[name] = values
		}
	}
	return rest
}

func untrustedHeader(reason string) error {
	return &Rejection{
		Status: http.StatusBadRequest, Code: "invalid_request",
		Text: "The headers that say who is asking are not in order.", Reason: reason,
	}
}

func untrustedPeer(reason string) error {
	return &Rejection{
		Status: http.StatusUnauthorized, Code: "login_required",
		Text: "Please sign in. Headers that say who is asking are not accepted from here.", Reason: reason,
	}
}
