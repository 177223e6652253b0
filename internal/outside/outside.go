// Package outside knows the address at which browsers find an application that is behind a proxy. A proxy
// may take a prefix off the path, and may rewrite Host: then the request says neither.
package outside

import (
	"context"
	"net/url"
	"strings"
)

// An Address is where browsers find what the application has at /.
type Address struct {
	Prefix string // the path that the proxy takes off, escaped, without a slash at its end; may be empty
	Origin string // such as https://intranet.example.com; empty: not known
}

type key struct{}

// NewContext returns a copy of ctx with a in it.
func NewContext(ctx context.Context, a Address) context.Context {
	return context.WithValue(ctx, key{}, a)
}

// FromContext returns the address in ctx, and false if the host has not said any.
func FromContext(ctx context.Context) (Address, bool) {
	a, ok := ctx.Value(key{}).(Address)
	return a, ok
}

// Taken returns the prefix that a proxy has taken off, escaped: outside is a path as browsers know it, inside
// the same one as the request has it, both unescaped. It is empty if the two differ in another way, and if inside is the root,
// with which every directory ends.
func Taken(outside, inside string) string {
	prefix, ok := strings.CutSuffix(outside, inside)
	if !ok || !strings.HasPrefix(inside, "/") || inside == "/" {
		return ""
	}
	return (&url.URL{Path: prefix}).EscapedPath()
}

// Local returns a local path of a configuration or a link as browsers know it: with the prefix, unless it
// has it already. Both are escaped.
func Local(prefix, path string) string {
	if rest, ok := strings.CutPrefix(path, prefix); ok && (rest == "" || strings.ContainsAny(rest[:1], "/?#")) {
		return path
	}
	return prefix + path
}
