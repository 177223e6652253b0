// Package sameorigin refuses requests that change something and come from a page of another site.
package sameorigin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/outside"
	"github.com/go-pme/pme/internal/weburl"
)

// ErrForeign says that a request seems to come from a page of another site. The text of an error that wraps
// it is for the operator.
var ErrForeign = errors.New("the request seems to come from a page of another site")

// Reason is that of the event for a refused request.
const Reason = "cross_origin"

// Refusal is what the browser is told of [ErrForeign].
var Refusal = answer.Refusal{
	Status: http.StatusForbidden, Code: Reason,
	Text: "This request looks as if it came from another site, so it was not carried out. If you sent it from a page of this site, please tell the people who run it.",
}

// A Check is [http.CrossOriginProtection] that also knows the application's own origins. Behind a proxy
// that rewrites Host, the origin of the application's own pages is not that of Host. [New] makes one. It is
// safe for concurrent use.
type Check struct {
	standard *http.CrossOriginProtection
	own      string
}

// New makes a check for an application that browsers find at that address, such as that of a callback. If
// it is empty, only Host and [outside.Address] count.
func New(address string) *Check {
	c := &Check{standard: http.NewCrossOriginProtection()}
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		c.own = weburl.Origin(u)
	}
	return c
}

// Check returns an error that wraps [ErrForeign] if r seems to come from a page of another site.
//
// The known origins count only where the browser sends no Sec-Fetch-Site: one that does is right, whatever
// a proxy does to Host.
func (c *Check) Check(r *http.Request) error {
	if c.standard.Check(r) == nil {
		return nil
	}
	site, from := r.Header.Get("Sec-Fetch-Site"), r.Header["Origin"]
	if site == "" && len(from) == 1 && c.isOwn(r, from[0]) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrForeign, seen(r, site))
}

func (c *Check) isOwn(r *http.Request, from string) bool {
	site, _ := outside.FromContext(r.Context())
	return from != "" && (from == c.own || from == site.Origin)
}

// seen says what the request looks like, and what to set if it is the application's own.
func seen(r *http.Request, site string) string {
	text := fmt.Sprintf("Origin %q, Host %q", bounded(r.Header.Get("Origin")), bounded(r.Host))
	if site != "" {
		return fmt.Sprintf("%s, Sec-Fetch-Site %q", text, bounded(site))
	}
	return text + ": if this is the application's own origin, have the proxy pass Host on, or set BaseURL in middleware.ProxyConfig"
}

func bounded(s string) string { return s[:min(len(s), 100)] }
