package middleware

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
)

// TrustedHeaderConfig is what [NewTrustedHeader] makes a gate from. The first two fields are required;
// the zero value of every other one is a safe default. It prints without the Secret.
type TrustedHeaderConfig struct {
	// Proxies are the addresses that the proxy connects from, as small as they can be: those of one
	// machine, not those of a network that others are in. There is no default.
	Proxies []netip.Prefix

	// User is the header with the user's name, such as X-Forwarded-User. The proxy must overwrite it, and
	// all headers below, in everything that it passes on.
	User string

	// Email, Name and Groups are headers too. Each may be missing or empty in a request; Email may be the
	// same as User. Default: they are not read.
	Email  string
	Name   string
	Groups string

	// GroupSeparator is what stands between two groups. Default: a comma.
	GroupSeparator string

	// EmailVerified says that the proxy passes on only such addresses as its provider has checked. By
	// default it is not known, and policies ignore the address.
	EmailVerified bool

	// SecretHeader and Secret are a header that the proxy adds to everything it passes on, and what is in
	// it, at least 16 bytes. Others who get hold of one of the Proxies' addresses do not know it. Default:
	// the address is enough.
	SecretHeader string
	Secret       string

	// UnsafeTrustAnyPeer believes the headers of every peer that can connect, in place of Proxies. It is for
	// listeners that only the proxy can reach, such as a Unix socket.
	UnsafeTrustAnyPeer bool

	// LoginURL, Events and Logger are as in [Config]. Events have none of the headers' values.
	LoginURL string
	Events   *event.Stream
	Logger   *slog.Logger
}

// Format writes the proxies and the user header, whatever the verb: not all of the rest is fit to be
// printed.
func (c TrustedHeaderConfig) Format(s fmt.State, _ rune) {
	_, _ = io.WriteString(s, fmt.Sprint("TrustedHeaderConfig{", c.Proxies, " ", c.User, "}"))
}

// MarshalText writes what Format does, for package slog and package json.
func (c TrustedHeaderConfig) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(c)), nil }

// names returns the headers that are read.
func (c TrustedHeaderConfig) names() []string {
	names := []string{c.User, c.Email, c.Name, c.Groups, c.SecretHeader}
	return slices.DeleteFunc(names, empty)
}

func empty(s string) bool { return s == "" }

// withDefaults returns c with its defaults, and with its own copies of what the host might change.
func (c TrustedHeaderConfig) withDefaults() TrustedHeaderConfig {
	c.Proxies = slices.Clone(c.Proxies)
	for _, name := range []*string{&c.User, &c.Email, &c.Name, &c.Groups, &c.SecretHeader} {
		*name = http.CanonicalHeaderKey(*name)
	}
	c.GroupSeparator = cmp.Or(c.GroupSeparator, ",")
	return c
}

// otherUse are headers that clients send or proxies add to, and so no one can vouch for.
var otherUse = []string{
	"Authorization", "Connection", "Cookie", "Forwarded", "Host", "X-Forwarded-For", "X-Real-Ip",
}

// validate reports everything that is wrong with c, without the secret.
func (c TrustedHeaderConfig) validate() error {
	var errs []error
	must := func(right bool, what string) {
		if !right {
			errs = append(errs, errors.New("middleware: "+what))
		}
	}
	must(len(c.Proxies) > 0 != c.UnsafeTrustAnyPeer,
		"Proxies must be the addresses that the proxy connects from, unless UnsafeTrustAnyPeer is set")
	for _, p := range c.Proxies {
		errs = append(errs, checkProxy(p))
	}
	must(c.User != "", "User is missing: the header in which the proxy names the user")
	for _, name := range c.names() {
		must(isHeaderName(name) && !slices.Contains(otherUse, name), fmt.Sprintf("%+.64q cannot be one of the headers", name))
	}
	distinct := slices.DeleteFunc([]string{c.User, c.Name, c.Groups, c.SecretHeader}, empty)
	slices.Sort(distinct)
	must(len(slices.Compact(slices.Clone(distinct))) == len(distinct) && (c.Email == "" || c.Email == c.User || !slices.Contains(distinct, c.Email)),
		"each header can have one meaning only; Email alone may be the same as User")
	must(!strings.ContainsFunc(c.GroupSeparator, func(r rune) bool { return r > '~' || isAlphanumeric(byte(r)) }), //nolint:gosec // ASCII by then
		"GroupSeparator must not be a part of names")
	must((c.SecretHeader == "") == (c.Secret == ""), "SecretHeader and Secret go together")
	t := configtext.Check{Room: "middleware"}
	t.Secret("Secret", c.Secret)
	errs = append(errs, t.Problems...)
	must(c.Secret == "" || len(c.Secret) >= 16 && isPlain(c.Secret) && strings.TrimSpace(c.Secret) == c.Secret,
		"Secret must be at least 16 printable characters, without spaces around them")
	return errors.Join(errs...)
}

// checkProxy refuses prefixes that no proxy's network can be as large as, and those that do not say what
// they seem to.
func checkProxy(p netip.Prefix) error {
	least := 8 // 10.0.0.0/8 is the largest private network
	if p.Addr().Is6() {
		least = 7 // fc00::/7
	}
	switch {
	case !p.IsValid():
		return errors.New("middleware: one of Proxies is not an address prefix")
	case p.Addr().Is4In6():
		return fmt.Errorf("middleware: Proxies: write %s as an IPv4 prefix", p)
	case p != p.Masked():
		return fmt.Errorf("middleware: Proxies: %s is ambiguous: write %s, or the whole length for one address", p, p.Masked())
	case p.Bits() < least:
		return fmt.Errorf("middleware: Proxies: %s is nearly every address: set UnsafeTrustAnyPeer if that is meant", p)
	}
	return nil
}

func isHeaderName(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '-' {
			return false
		}
	}
	return s != ""
}
