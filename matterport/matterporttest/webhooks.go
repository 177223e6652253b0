package matterporttest

import (
	"crypto/rand"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxWebhooks bounds the registrations.
const maxWebhooks = 100

// webhook is a registration of the first account (docs/matterport.md §6).
type webhook struct {
	id      string
	types   []string
	version int
	scheme  string
	host    string
	port    int // zero: the scheme's own
	path    string
	query   url.Values
	header  http.Header // the credential, and what else was registered
}

func (x *execution) webhooks(args arguments) (any, *graphError) {
	if err := x.caller.mayManage(); err != nil {
		return nil, err
	}
	var all []object
	for _, w := range x.server.registered() {
		all = append(all, w.describe())
	}
	return page(args, all), nil
}

func (x *execution) addWebhook(args arguments) (any, *graphError) {
	if err := x.caller.mayManage(); err != nil {
		return nil, err
	}
	input, _ := args["input"].(map[string]any)
	w, problem := readWebhook(input)
	if problem != "" {
		return nil, fault(codeInvalid, problem)
	}
	if !x.server.register(w) {
		return nil, fault("quota.exceeded", "there are too many webhooks")
	}
	return w.describe(), nil
}

func (x *execution) pingWebhook(args arguments) (any, *graphError) {
	w, err := x.webhook(args)
	if err != nil {
		return nil, err
	}
	x.server.deliver([]webhook{w}, Event{Type: "ping"})
	return true, nil
}

func (x *execution) removeWebhook(args arguments) (any, *graphError) {
	w, err := x.webhook(args)
	if err != nil {
		return nil, err
	}
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	x.server.hooks = slices.DeleteFunc(x.server.hooks, func(other webhook) bool { return other.id == w.id })
	return true, nil
}

// webhook returns the registration that the arguments name.
func (x *execution) webhook(args arguments) (webhook, *graphError) {
	if err := x.caller.mayManage(); err != nil {
		return webhook{}, err
	}
	for _, w := range x.server.registered() {
		if w.id == args.text("id") {
			return w, nil
		}
	}
	return webhook{}, fault(codeNotFound, "the webhook does not exist")
}

// registered returns the registrations, oldest first.
func (s *Server) registered() []webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.hooks)
}

func (s *Server) register(w webhook) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hooks) >= maxWebhooks {
		return false
	}
	s.hooks = append(s.hooks, w)
	return true
}

// readWebhook reads a ModelEventCallbackInput, or says what is wrong with it.
func readWebhook(input arguments) (w webhook, problem string) {
	callback, _ := input["callback"].(map[string]any)
	c := arguments(callback)
	w = webhook{
		id: newWebhookID(), types: input.texts("eventTypes"), version: input.number("version", 1),
		scheme: c.text("scheme"), host: c.text("host"), port: c.number("port", 0), path: c.text("path"),
		query: url.Values{}, header: http.Header{},
	}
	for _, pair := range c.pairs("queryParams") {
		w.query.Add(pair[0], pair[1])
	}
	for _, pair := range c.pairs("additionalHeaders") {
		w.header.Add(pair[0], pair[1])
	}
	if problem := w.authorize(c); problem != "" {
		return webhook{}, problem
	}
	address, err := url.Parse(w.address())
	switch {
	case len(w.types) == 0:
		return webhook{}, "eventTypes is empty"
	case w.version != 1 && w.version != 2:
		return webhook{}, "version must be 1 or 2"
	case w.scheme != "https" && w.scheme != "http":
		return webhook{}, "scheme must be https or http"
	case w.port < 0, w.port > 65535:
		return webhook{}, "port is out of range"
	case err != nil, address.Hostname() != w.host, w.host == "", address.User != nil:
		return webhook{}, "host is not the name of a host"
	}
	return w, ""
}

// authorize sets the credential. How Matterport sends one of the type token is not documented.
func (w *webhook) authorize(c arguments) (problem string) {
	key, secret := c.text("credKey"), c.text("credSecret")
	switch c.text("credType") {
	case "basic":
		if key == "" || secret == "" {
			return "credType basic needs credKey and credSecret"
		}
		r := http.Request{Header: w.header}
		r.SetBasicAuth(key, secret)
	case "token":
		if secret == "" {
			return "credType token needs credSecret"
		}
		w.header.Set("Authorization", "Bearer "+secret)
	default:
		if key != "" || secret != "" {
			return "credKey and credSecret need a credType"
		}
	}
	return ""
}

// address is where the events go.
func (w webhook) address() string {
	host := w.host
	switch {
	case w.port != 0:
		host = net.JoinHostPort(host, strconv.Itoa(w.port))
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	u := url.URL{Scheme: w.scheme, Host: host, Path: "/" + strings.TrimPrefix(w.path, "/"), RawQuery: w.query.Encode()}
	return u.String()
}

// describe leaves the credential out.
func (w webhook) describe() object {
	var port any
	if w.port != 0 {
		port = w.port
	}
	return object{
		"id": w.id, "eventTypes": w.types, "version": w.version,
		"callback": object{"scheme": w.scheme, "host": w.host, "port": port, "path": w.path},
	}
}

// pairs returns a list of pairs of a key and a value.
func (a arguments) pairs(name string) (pairs [][2]string) {
	for _, item := range a.list(name) {
		pair, _ := item.(map[string]any)
		pairs = append(pairs, [2]string{arguments(pair).text("key"), arguments(pair).text("value")})
	}
	return pairs
}

// newWebhookID returns 25 letters and digits, as IDs of webhooks are at Matterport.
func newWebhookID() string {
	var b [20]byte
	rand.Read(b[:])
	b[0] |= 0x80 // so that there are enough digits
	return new(big.Int).SetBytes(b[:]).Text(36)[:25]
}
