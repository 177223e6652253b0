package matterport

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const maxEventTypes = 50

// The parts of the operation's text that depend on a registration. Enumerations and lists of pairs stand in the text, since the
// names of their types, which variables would need, are not documented. Nothing else is written into it.
const (
	byUser      = "credType: basic, credKey: $key, credSecret: $secret"
	byItself    = "credType: token, credSecret: $secret"
	byHeader    = "additionalHeaders: [{key: $key, value: $secret}]"
	keyVariable = "$key: String!, "
)

// WebhookRegistration says where Matterport is to send events, and the credential that it sends with each. Matterport does
// not sign events, so a credential is required. There are three kinds, as in handler/webhook.Credential:
//
//   - User is set: basic authentication with that user as credKey, and Secret as credSecret (credType basic).
//   - Header is set: a header of that name with Secret as its value (additionalHeaders).
//   - Neither is set: Secret as credSecret (credType token). How Matterport sends it, and whether it wants a credKey with it, is
//     not documented: prefer one of the others.
type WebhookRegistration struct {
	// URL is where events are sent: https, without a user, a query and a fragment. Addresses are logged on the way, so a
	// secret does not belong into one. Plain http is accepted for a loopback host if the API is reached so, as an emulator is.
	URL string

	// Secret is the password, the value of the header, or the token. It is visible ASCII without spaces.
	Secret Secret

	// User is the user of basic authentication. It is not treated as a secret. Default: none.
	User string

	// Header is the name of a header of its own. Default: none.
	Header string

	// EventTypes are the types of events to be sent, as Matterport names them. Default: all but bundle_updated.
	EventTypes []string
}

// variables are the arguments of the operation. The error names every field that is wrong, and quotes no value.
func (r WebhookRegistration) variables(base string) (variables, *Error) {
	p := &problems{of: "WebhookRegistration"}
	address := r.check(p, base)
	if err := p.err(); err != nil {
		return nil, invalid(addWebhook.name, strings.ReplaceAll(strings.ReplaceAll(err.Error(), "matterport: ", ""), "\n", "; "))
	}
	port, err := strconv.Atoi(cmp.Or(address.Port(), map[string]string{"https": "443", "http": "80"}[address.Scheme]))
	if err != nil || port < 1 || port > 65535 {
		return nil, invalid(addWebhook.name, "WebhookRegistration.URL must have a port from 1 to 65535, or none")
	}
	vars := variables{
		"scheme": address.Scheme, "host": address.Hostname(), "port": port, "path": strings.TrimPrefix(address.Path, "/"),
		"secret": r.Secret,
	}
	if key := cmp.Or(r.User, r.Header); key != "" {
		vars["key"] = key
	}
	return vars, nil
}

func (r WebhookRegistration) check(p *problems, base string) *url.URL {
	address := p.webURL("URL", r.URL, "the secret is sent there")
	if address != nil {
		p.report(address.Scheme == "http" && !strings.HasPrefix(base, "http:"), "URL must be https: the secret is sent there")
		p.report(address.RawQuery != "" || address.ForceQuery, "URL must have no query: addresses are logged on the way")
		p.report(address.EscapedPath() != address.Path || !visible(address.Host), "URL must be ASCII without escapes: how Matterport reads others is not documented")
	}
	p.report(r.Secret == "", "Secret is required: Matterport does not sign events")
	p.report(!wellFormedToken("x"+string(r.Secret)), "Secret has a space, or a character that is not visible ASCII: make one by openssl rand -hex 32")
	p.report(r.User != "" && r.Header != "", "User and Header are both set: set one of them")
	p.report(strings.Contains(r.User, ":") || !visible(r.User), "User has a colon, which ends the user in basic authentication, or a character that is not ASCII: choose another user")
	p.report(strings.ContainsFunc(r.Header, notInName), "Header is no name of a header: give one such as X-Webhook-Secret")
	r.checkTypes(p)
	return address
}

// checkTypes refuses what cannot be the name of a type of events, as it is written into the operation's text.
func (r WebhookRegistration) checkTypes(p *problems) {
	p.report(len(r.EventTypes) > maxEventTypes, "EventTypes are more than "+strconv.Itoa(maxEventTypes))
	for i, name := range r.EventTypes {
		wrong := name == "" || len(name) > maxCode || strings.ContainsFunc(name, func(c rune) bool { return c != '_' && (c < 'a' || c > 'z') })
		p.report(wrong, "EventTypes has a name that is not of lower-case letters and underscores: give some such as deleted")
		p.report(slices.Contains(r.EventTypes[:i], name), "EventTypes has a name twice")
	}
}

// text is the operation's text for a registration that was checked.
func (r WebhookRegistration) text(text string) string {
	switch {
	case r.Header != "":
		text = strings.Replace(text, byUser, byHeader, 1)
	case r.User == "":
		text = strings.Replace(text, byUser, byItself, 1)
		text = strings.Replace(text, keyVariable, "", 1)
	}
	if len(r.EventTypes) > 0 {
		before, rest, _ := strings.Cut(text, "eventTypes: [")
		_, after, _ := strings.Cut(rest, "]")
		text = before + "eventTypes: [" + strings.Join(r.EventTypes, ", ") + "]" + after
	}
	return text
}

// notInName reports whether a character cannot be in the name of a header (RFC 9110 §5.6.2).
func notInName(c rune) bool {
	return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
}
