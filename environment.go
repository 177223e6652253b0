package pme

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/handler/webhook"
	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/matterport"
	"github.com/go-pme/pme/pages"
	"github.com/go-pme/pme/secret"
)

// ConfigFromEnv reads what a deployment sets in its environment, through lookup, which is usually
// [os.LookupEnv]:
//
//	MATTERPORT_CLIENT_ID      required
//	MATTERPORT_CLIENT_SECRET  required
//	MATTERPORT_API_URL        MATTERPORT_SHOWCASE_URL  MATTERPORT_SDK_URL  MATTERPORT_SDK_KEY
//	PME_VALID_FOR             PME_REFRESH_BEFORE       such as 10m
//	PME_WEBHOOK_SECRET        Config.Webhook: a bearer token, if the next two are not set
//	PME_WEBHOOK_USER          the user, if the secret is the password of basic authentication
//	PME_WEBHOOK_HEADER        the name of the header, if the secret is its value
//
// Each NAME may be given as NAME_FILE instead, the path of a file that holds the value, as container
// platforms mount secrets; a byte order mark at its beginning and one line break at its end are not part of
// it. A variable that is set but empty counts as not set. Other line breaks, spaces at the ends and invisible
// characters are errors. Authenticate and Access are left to the caller. The values are checked by
// [New].
//
// The file of MATTERPORT_CLIENT_SECRET_FILE is read again when it changes, and may have several values, one on each
// line: it is Config.ClientSecrets then, and ClientSecret is empty. MATTERPORT_CLIENT_SECRET may have several values, too,
// the newest first, each separated from the next by one space: a secret with a space in it would be read as two, and
// Matterport's have none. PME_WEBHOOK_SECRET and its file are read likewise. The file of MATTERPORT_SDK_KEY_FILE is read
// again, too, and is Pages.SDKKeys. See docs/secrets.md.
//
// The error names every variable that is wrong, and contains no value.
func ConfigFromEnv(lookup func(string) (string, bool)) (Config, error) {
	e := environment{lookup: lookup}
	var secrets, keys *secret.Source
	c := Config{
		ClientID:     e.required("MATTERPORT_CLIENT_ID"),
		ClientSecret: e.secret("MATTERPORT_CLIENT_SECRET", &secrets),
		APIURL:       e.text("MATTERPORT_API_URL"),
		Pages: pages.Config{
			ShowcaseURL: e.text("MATTERPORT_SHOWCASE_URL"),
			SDKURL:      e.text("MATTERPORT_SDK_URL"),
			SDKKey:      e.optional("MATTERPORT_SDK_KEY", &keys),
		},
		ValidFor:      e.duration("PME_VALID_FOR"),
		RefreshBefore: e.duration("PME_REFRESH_BEFORE"),
	}
	c.ClientSecrets, c.Pages.SDKKeys = secrets, keys
	c.Webhook = e.webhook(webhook.Credential{
		Secrets: e.secrets("PME_WEBHOOK_SECRET"),
		User:    e.text("PME_WEBHOOK_USER"),
		Header:  e.text("PME_WEBHOOK_HEADER"),
	})
	if err := errors.Join(e.errs...); err != nil {
		return Config{}, fmt.Errorf("pme: the environment is incomplete:\n%w", err)
	}
	return c, nil
}

// OAuthConfigFromEnv reads what describes an OAuth application, as [ConfigFromEnv] does:
//
//	MATTERPORT_OAUTH_CLIENT_ID      required
//	MATTERPORT_OAUTH_CLIENT_SECRET  required
//	MATTERPORT_OAUTH_REDIRECT_URL   required
//	MATTERPORT_OAUTH_SCOPES         separated by spaces; default: ViewDetails
//	MATTERPORT_OAUTH_TOKEN_LIFE     such as 1h
//	MATTERPORT_AUTHORIZE_URL        MATTERPORT_SELECTOR_URL  MATTERPORT_API_URL
//
// MATTERPORT_OAUTH_CLIENT_SECRET may have several values, and its file is read again, as that of
// MATTERPORT_CLIENT_SECRET.
func OAuthConfigFromEnv(lookup func(string) (string, bool)) (matterport.OAuthConfig, error) {
	e := environment{lookup: lookup}
	var secrets *secret.Source
	c := matterport.OAuthConfig{
		ClientID:        e.required("MATTERPORT_OAUTH_CLIENT_ID"),
		ClientSecret:    e.secret("MATTERPORT_OAUTH_CLIENT_SECRET", &secrets),
		RedirectURL:     e.required("MATTERPORT_OAUTH_REDIRECT_URL"),
		AccessTokenLife: e.duration("MATTERPORT_OAUTH_TOKEN_LIFE"),
		AuthorizeURL:    e.text("MATTERPORT_AUTHORIZE_URL"),
		SelectorURL:     e.text("MATTERPORT_SELECTOR_URL"),
		BaseURL:         e.text("MATTERPORT_API_URL"),
	}
	for _, scope := range e.words("MATTERPORT_OAUTH_SCOPES") {
		c.Scopes = append(c.Scopes, matterport.Scope(scope))
	}
	if c.Scopes == nil {
		c.Scopes = []matterport.Scope{matterport.ScopeViewDetails}
	}
	c.ClientSecrets = secrets
	if err := errors.Join(e.errs...); err != nil {
		return matterport.OAuthConfig{}, fmt.Errorf("pme: the environment is incomplete:\n%w", err)
	}
	return c, nil
}

// environment reads variables, and collects what is wrong with them.
type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) problem(format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf(format, args...))
}

// text returns the value of name, or the content of the file that name_FILE names. It refuses line breaks, spaces
// at the ends and invisible characters.
func (e *environment) text(name string) string {
	value, source := e.read(name)
	if wrong := legible.InValue(value); wrong != "" {
		e.problem("%s: the value %s", source, wrong)
		return ""
	}
	return value
}

// secret returns a value that is required. If there are several, or a file that may change, it sets the source instead.
func (e *environment) secret(name string, source **secret.Source) matterport.Secret {
	var is bool
	if *source, is = e.file(name); is {
		return ""
	}
	value := e.required(name)
	switch values := e.split(name, value); len(values) {
	case 0:
		return ""
	case 1:
		return matterport.Secret(value)
	default:
		*source = secret.Fixed(values...)
		return ""
	}
}

// split returns the values in a text, each separated from the next by one space.
func (e *environment) split(name, text string) []string {
	values := strings.Split(text, " ")
	if len(values) > 1 && slices.Contains(values, "") {
		e.problem("%s: two spaces follow one another: a space separates two values, and none has one in it", name)
		return nil
	}
	return values
}

// secrets returns the source of values, or nil if there are none.
func (e *environment) secrets(name string) *secret.Source {
	if source, is := e.file(name); is {
		return source
	}
	value := e.text(name)
	if value == "" {
		return nil
	}
	return secret.Fixed(e.split(name, value)...)
}

// webhook returns c, or nil if none of its variables is set.
func (e *environment) webhook(c webhook.Credential) *webhook.Credential {
	switch {
	case c.Secrets != nil:
		return &c
	case !e.isSet("PME_WEBHOOK_SECRET") && (c.User != "" || c.Header != ""):
		e.problem("PME_WEBHOOK_SECRET is not set, but PME_WEBHOOK_USER or PME_WEBHOOK_HEADER is: set it, or remove them")
	}
	return nil
}

func (e *environment) isSet(name string) bool {
	value, _ := e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	return value != "" || path != ""
}

// optional returns a value. If it is in a file, which may change, it sets the source instead.
func (e *environment) optional(name string, source **secret.Source) string {
	var is bool
	if *source, is = e.file(name); is {
		return ""
	}
	return e.text(name)
}

// file returns the source if name_FILE alone is set.
func (e *environment) file(name string) (source *secret.Source, is bool) {
	value, _ := e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	if value != "" || path == "" {
		return nil, false
	}
	source, err := secret.File(path)
	if err != nil {
		e.problem("%s_FILE: %w", name, err)
	}
	return source, true
}

// words returns the words of a value.
func (e *environment) words(name string) []string {
	value, _ := e.read(name)
	return strings.Fields(value)
}

// read returns the value of name unchecked, and the variable that it is from.
func (e *environment) read(name string) (value, source string) {
	value, _ = e.lookup(name)
	path, _ := e.lookup(name + "_FILE")
	switch {
	case path == "":
		return value, name
	case value != "":
		e.problem("%s and %s_FILE are both set: set one of them", name, name)
		return "", name
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		e.problem("%s_FILE: %w", name, errors.Unwrap(err))
		return "", name
	}
	value = legible.FileText(content)
	if value == "" {
		e.problem("%s_FILE names an empty file", name)
	}
	return value, name + "_FILE"
}

func (e *environment) required(name string) string {
	before := len(e.errs)
	value := e.text(name)
	if value == "" && len(e.errs) == before {
		e.problem("%s is not set", name)
	}
	return value
}

func (e *environment) duration(name string) time.Duration {
	value := e.text(name)
	if value == "" {
		return 0
	}
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		e.problem("%s is no duration such as 10m", name)
	}
	return d
}
