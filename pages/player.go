package handler

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Where Matterport serves what the browser needs (MATTERPORT.md, Hosts).
const (
	DefaultShowcaseURL = "https://my.matterport.com"
	DefaultSDKURL      = "https://static.matterport.com/showcase-sdk/bootstrap/3.0.0-0-g0517b8d76c/sdk.es6.js"
)

// A Player says what shows a space in the browser. The zero value is Matterport's own Showcase without
// an SDK key: plain links, which the page replaces before they expire.
type Player struct {
	// ShowcaseURL is the origin that serves Showcase. Default: [DefaultShowcaseURL].
	ShowcaseURL string

	// SDKURL is the ES module that exports connect. Default: [DefaultSDKURL].
	SDKURL string

	// SDKKey is the SDK key (applicationKey) of the account's Developer Tools page. It is bound to the
	// origins it was made for, and no secret: every page that uses the SDK shows it.
	SDKKey string

	// SDKIntegrity is the Subresource Integrity value of the module at SDKURL, such as "sha384-…". The
	// pages' browsers then refuse another content. It does not cover what that module loads itself: the
	// SDK's second part comes from Showcase. Default: none.
	SDKIntegrity string
}

// checked fills in the defaults and reports everything that is wrong.
func (p Player) checked() (Player, error) {
	if p.ShowcaseURL == "" {
		p.ShowcaseURL = DefaultShowcaseURL
	}
	if p.SDKURL == "" {
		p.SDKURL = DefaultSDKURL
	}
	p.ShowcaseURL = strings.TrimSuffix(p.ShowcaseURL, "/")
	var errs []error
	if u, err := webURL(p.ShowcaseURL); err != nil || u.Path != "" || u.RawQuery != "" {
		errs = append(errs, fmt.Errorf("pme: ShowcaseURL %q: want an origin such as %s", p.ShowcaseURL, DefaultShowcaseURL))
	}
	if _, err := webURL(p.SDKURL); err != nil {
		errs = append(errs, fmt.Errorf("pme: SDKURL %q: want an https URL of an ES module", p.SDKURL))
	}
	return p, errors.Join(append(errs, checkIntegrity(p.SDKIntegrity))...)
}

// webURL accepts https, and http on the machine itself.
func webURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || (ip != nil && ip.IsLoopback())
	if u.Host == "" || u.User != nil || u.Fragment != "" || (u.Scheme != "https" && (u.Scheme != "http" || !local)) ||
		strings.ContainsAny(raw, " ;,'\"") {
		return nil, errors.New("no https URL")
	}
	return u, nil
}

// origin is what a content security policy calls a URL's server.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}
