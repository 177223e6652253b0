package pages

import (
	"slices"
	"strings"
)

// security makes the headers that say what a page may load. Showcase loads the second part of the SDK
// from its own server or from the SDK's: scripts of these two are allowed, and of no other site.
type security struct {
	showcase, sdk string // origins
	ancestors     string
	permissions   string
}

func newSecurity(cfg Config) security {
	s := security{showcase: origin(cfg.ShowcaseURL), sdk: origin(cfg.SDKURL), ancestors: "'self'"}
	if len(cfg.FrameAncestors) > 0 {
		s.ancestors = strings.Join(cfg.FrameAncestors, " ")
	}
	for _, feature := range []string{"fullscreen", "xr-spatial-tracking", "gyroscope", "accelerometer", "autoplay", "clipboard-write"} {
		s.permissions += feature + `=(self "` + s.showcase + `"), `
	}
	s.permissions += "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
	return s
}

// policy is the Content-Security-Policy of a page. A page without a space needs nothing of Matterport's
// but its thumbnails.
func (s security) policy(p Page) string {
	script, frame, form := "script-src 'nonce-"+p.Nonce+"'", "frame-src 'none'", "form-action 'self'"
	switch {
	case p.Space != nil:
		script += " " + s.sdk + " " + s.showcase
		frame = "frame-src " + s.showcase
	case p.FrameURL != "":
		frame = "frame-src " + origin(p.FrameURL)
	}
	if p.FormURL != "" { // browsers hold the redirects that follow a form to it, too
		form += " " + origin(p.FormURL)
	}
	style := "style-src 'self'"
	if p.Style != "" {
		style += " 'nonce-" + p.Nonce + "'"
	}
	ancestors := s.ancestors
	if p.Unframed {
		ancestors = "'none'"
	}
	all := []string{
		"default-src 'none'",
		script,
		frame,
		style,
		"img-src 'self' data: https: " + s.showcase,
		"connect-src 'self'",
		form,
		"base-uri 'none'",
		"frame-ancestors " + ancestors,
	}
	if p.Leaving { // a provider may sign people out at others, too
		all = slices.DeleteFunc(all, func(directive string) bool { return directive == form })
	}
	return strings.Join(all, "; ")
}

// referrer is the Referrer-Policy of a page. Without a referrer, browsers hide the origin of a form, too, by which
// some of them alone can tell that it is of this site.
func referrer(p Page) string {
	if p.Leaving {
		return "same-origin"
	}
	return "no-referrer"
}
