package handler

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// What the pages are allowed by their headers. Showcase brings the second part of the SDK from wherever it
// says, which is its own server or the SDK's: both may be scripted, and nobody else.
type security struct {
	showcase, sdk string
	ancestors     string
	permissions   string
}

func newSecurity(p Player, ancestors []string) (security, error) {
	s := security{showcase: origin(p.ShowcaseURL), sdk: origin(p.SDKURL), ancestors: "'self'"}
	var errs []error
	for _, a := range ancestors {
		if a != "'self'" && a != "'none'" {
			errs = append(errs, checkOrigins("FrameAncestors", []string{a}))
		}
	}
	if len(ancestors) > 0 {
		s.ancestors = strings.Join(ancestors, " ")
	}
	for _, feature := range []string{"fullscreen", "xr-spatial-tracking", "gyroscope", "accelerometer", "autoplay", "clipboard-write"} {
		s.permissions += feature + `=(self "` + s.showcase + `"), `
	}
	s.permissions += "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
	return s, errors.Join(errs...)
}

// needs is what a page needs beyond this site: a player, something to frame, and where its forms lead.
type needs struct {
	player      bool
	frame, form string // origins, or empty
}

// policy is the Content-Security-Policy of a page with nonce. A page without a player needs nothing of
// Matterport's but its thumbnails.
func (s security) policy(nonce string, n needs) string {
	script, frame, form := "script-src 'nonce-"+nonce+"'", "frame-src 'none'", "form-action 'self'"
	switch {
	case n.player:
		script += " " + s.sdk + " " + s.showcase
		frame = "frame-src " + s.showcase
	case n.frame != "":
		frame = "frame-src " + n.frame
	}
	if n.form != "" { // browsers follow a form's redirects with it
		form += " " + n.form
	}
	return strings.Join([]string{
		"default-src 'none'",
		script,
		frame,
		"style-src 'self'",
		"img-src 'self' data: https: " + s.showcase,
		"connect-src 'self'",
		form,
		"base-uri 'none'",
		"frame-ancestors " + s.ancestors,
	}, "; ")
}

var integrityText = regexp.MustCompile(`^sha(256-[A-Za-z0-9+/]{43}=|384-[A-Za-z0-9+/]{64}|512-[A-Za-z0-9+/]{86}==)$`)

func checkIntegrity(value string) error {
	if value == "" || integrityText.MatchString(value) {
		return nil
	}
	return fmt.Errorf("pme: SDKIntegrity %q: want a hash such as %s", value, Integrity([]byte("the module")))
}

// Integrity is the Subresource Integrity value of content: what to configure as SDKIntegrity for the SDK's
// module whose content it is.
func Integrity(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
