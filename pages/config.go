package pages

import (
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/configtext"
	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/weburl"
	"github.com/go-pme/pme/secret"
)

// Where Matterport serves what the browser needs.
const (
	showcaseURL = "https://my.matterport.com"
	sdkURL      = "https://static.matterport.com/showcase-sdk/bootstrap/3.0.0-0-g0517b8d76c/sdk.es6.js"
)

// Config says how pages look and what shows a space in the browser. No field is required: the zero
// value is Matterport's own Showcase without an SDK key, in English, for pages of this origin only.
type Config struct {
	// ShowcaseURL is the origin that serves Showcase. Default: https://my.matterport.com.
	ShowcaseURL string

	// SDKURL is the ES module that exports connect. Default: Matterport's, in a fixed version.
	SDKURL string

	// SDKKey is the SDK key (applicationKey) of the account's Developer Tools page. It is bound to the
	// origins it was made for, and no secret: every page that uses the SDK shows it. Without a key,
	// spaces are shown by plain links, which the page replaces before they expire.
	SDKKey string

	// SDKKeys take the place of SDKKey, for a key that is replaced without a restart: a file that is read again when it
	// changes. The first value counts. An application that uses this package without package pme emits no events for it.
	// Default: none.
	SDKKeys *secret.Source

	// SDKIntegrity is the Subresource Integrity value of the module at SDKURL, such as "sha384-…"
	// (openssl dgst -sha384 -binary sdk.es6.js | openssl base64 -A). Browsers then refuse another
	// content. It does not cover what that module loads itself: the SDK's second part comes from
	// Showcase. Default: none.
	SDKIntegrity string

	// Title heads the gallery, in all languages. Default: Strings.Title, which is "Spaces" in English.
	Title string

	// ContactURL is where people ask for access: an https or mailto URL, or a local path as browsers know
	// it, such as "/help". Pages that refuse access link to it; Strings.WhomToAsk stands before the link.
	// Default: none.
	ContactURL string

	// SignOutURL is a page at which people sign out, and then in with another account: a local path as
	// browsers know it, or an https URL. It is opened by GET, so it must not be an address that signs out at
	// once. Pages that refuse access link to it. Default: none; package pme takes that of the gate, if it
	// knows one.
	SignOutURL string

	// HomeURL is where the pages lead back to: the start page of your site, as a local path that browsers know, such as "/", or an
	// https URL. Default: none, and no such link.
	HomeURL string

	// Strings are the words of the pages, if they are in one language. Default: English.
	Strings Strings

	// Languages are the languages of the pages, such as {{Lang: "en"}, {Lang: "de"}, {Lang: "ar"}}. Each request gets the one that
	// its Accept-Language prefers, and the first if none fits. They take the place of Strings. Default: Strings alone.
	Languages []Strings

	// Templates replaces built-in templates of the same name; see the package documentation. Default:
	// the built-in ones.
	Templates *template.Template

	// FrameAncestors are the origins whose pages may frame these: 'self', 'none', or exact origins.
	// Default: 'self'.
	FrameAncestors []string

	// AllowedOrigins are the exact origins, such as "https://app.example.com", whose pages may read the
	// JSON endpoints with the visitor's cookies; see [Pages.CORS]. They are also told when a sign-in in
	// their popup has ended. The pages of an app on a phone or a desktop have an origin such as
	// "capacitor://localhost": any app can have the same one. Default: none, so that only pages of this
	// origin may.
	AllowedOrigins []string

	// Logger gets a record for each page that cannot be rendered. Default: slog.Default().
	Logger *slog.Logger
}

func (c Config) withDefaults() Config {
	c.ShowcaseURL = strings.TrimSuffix(cmp.Or(c.ShowcaseURL, showcaseURL), "/")
	c.SDKURL = cmp.Or(c.SDKURL, sdkURL)
	if len(c.Languages) == 0 {
		c.Languages = []Strings{c.Strings}
	}
	c.Languages = slices.Clone(c.Languages)
	for i, words := range c.Languages {
		c.Languages[i] = words.withDefaults()
	}
	c.Strings = c.Languages[0]
	c.Title = cmp.Or(c.Title, c.Strings.Title)
	c.FrameAncestors = slices.Clone(c.FrameAncestors)
	c.AllowedOrigins = slices.Clone(c.AllowedOrigins)
	c.Logger = event.LoggerOr(c.Logger)
	return c
}

// validate reports every problem of c, whose defaults are filled in.
func (c Config) validate() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("pages: "+format, args...)) }
	t := configtext.Check{Room: "pages"}
	t.Address("ShowcaseURL", c.ShowcaseURL)
	t.Address("SDKURL", c.SDKURL)
	t.Text("SDKKey", c.SDKKey)
	errs = append(errs, t.Problems...)
	if c.SDKKey != "" && c.SDKKeys != nil {
		bad("SDKKey and SDKKeys are both set: set one of them")
	}
	if err := c.checkKeys(); err != nil {
		bad("SDKKeys: %w", err)
	}
	if u, ok := webURL(c.ShowcaseURL); !ok || u.Path != "" || u.RawQuery != "" {
		bad("ShowcaseURL is %q: want an origin such as %s", c.ShowcaseURL, showcaseURL)
	}
	if c.ContactURL != "" && !isMail(c.ContactURL) && !isLinked(c.ContactURL) {
		bad("ContactURL must be an https or mailto URL, or a local path such as /help")
	}
	if c.SignOutURL != "" && !isLinked(c.SignOutURL) {
		bad("SignOutURL must be a local path such as /account, or an https URL")
	}
	if c.HomeURL != "" && !isLinked(c.HomeURL) {
		bad("HomeURL must be a local path such as /, or an https URL")
	}
	errs = append(errs, checkLanguages(c.Languages)...)
	if _, ok := webURL(c.SDKURL); !ok {
		bad("SDKURL is %q: want the https URL of an ES module", c.SDKURL)
	}
	if c.SDKIntegrity != "" && !integrity.MatchString(c.SDKIntegrity) {
		bad("SDKIntegrity is %q: want sha256-, sha384- or sha512- and the hash of the module in base64", c.SDKIntegrity)
	}
	for _, a := range c.FrameAncestors {
		if a != "'self'" && a != "'none'" && !isOrigin(a) {
			bad("FrameAncestors has %q: want 'self', 'none', or an exact origin such as https://app.example.com", a)
		}
	}
	for _, o := range c.AllowedOrigins {
		if !isOrigin(o) {
			bad("AllowedOrigins has %q: want an exact origin such as https://app.example.com or capacitor://localhost", o)
		}
	}
	return errors.Join(errs...)
}

// checkLanguages checks the languages, whose defaults are filled in.
func checkLanguages(all []Strings) (errs []error) {
	seen := make(map[string]bool)
	for _, words := range all {
		tag, err := language.Parse(words.Lang)
		switch {
		case err != nil || legible.InValue(words.Lang) != "":
			errs = append(errs, fmt.Errorf("pages: Lang is %.40q: want a language tag such as de or pt-BR", words.Lang))
		case seen[tag.String()]:
			errs = append(errs, fmt.Errorf("pages: Languages has %q twice", words.Lang))
		}
		seen[tag.String()] = true
		if words.Dir != "ltr" && words.Dir != "rtl" {
			errs = append(errs, fmt.Errorf("pages: Dir of %.40q is %.40q: want ltr or rtl", words.Lang, words.Dir))
		}
	}
	return errs
}

var integrity = regexp.MustCompile(`^sha(256-[A-Za-z0-9+/]{43}=|384-[A-Za-z0-9+/]{64}|512-[A-Za-z0-9+/]{86}==)$`)

// webURL parses an address that a header of ours can name: https, or http on a loopback host.
func webURL(raw string) (*url.URL, bool) {
	u, err := url.Parse(raw)
	if err != nil || legible.InValue(raw) != "" || !weburl.Secure(u) || u.Fragment != "" || strings.ContainsAny(raw, " ;,'\"") {
		return nil, false
	}
	return u, true
}

// isLinked reports whether a page of ours can link to an address: a local path, or a secure URL.
func isLinked(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || strings.ContainsAny(raw, " \\") {
		return false
	}
	return weburl.Secure(u) || u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//")
}

func isMail(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Scheme == "mailto" && strings.Contains(u.Opaque, "@")
}

// isOrigin reports whether o is exactly what a browser sends as an Origin.
func isOrigin(o string) bool {
	if scheme, host, ok := strings.Cut(o, "://"); ok && appScheme.MatchString(scheme) && !slices.Contains(webSchemes, scheme) {
		return appHost.MatchString(host)
	}
	u, ok := webURL(o)
	return ok && origin(o) == strings.ToLower(o) && !weburl.HasDefaultPort(u) && !strings.Contains(o, "*")
}

// The origin of a page that an app brings along, such as capacitor://localhost, has a scheme that is the app's own.
var (
	appScheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*$`)
	appHost   = regexp.MustCompile(`^[A-Za-z0-9._-]+(:[1-9][0-9]{0,4})?$`)
)

// webSchemes are those that every browser knows: http and https have rules of their own, and pages of the others
// have no origin, or none that differs from the next one's.
var webSchemes = []string{"http", "https", "ws", "wss", "ftp", "file", "filesystem", "content", "about", "blob", "data", "javascript", "view-source"}

// origin is what a Content-Security-Policy calls the server of a URL.
func origin(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "'none'"
	}
	return u.Scheme + "://" + u.Host
}

// checkKeys says what is wrong with SDKKeys.
func (c Config) checkKeys() error {
	if c.SDKKeys == nil {
		return nil
	}
	remove, err := c.SDKKeys.Register(secret.Consumer{})
	remove()
	return err //nolint:wrapcheck // the caller wraps it
}

// sdkKey returns the key for a page that is made now.
func (c *Config) sdkKey() string {
	if c.SDKKeys != nil {
		return c.SDKKeys.Values()[0]
	}
	return c.SDKKey
}
