package matterport

import (
	"context"
	_ "embed" // for the operations' texts
	"encoding/json"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	maxWebhookPages = 100
	maxWebhookID    = 128
)

var (
	//go:embed operations/addWebhook.graphql
	addWebhookText string
	//go:embed operations/webhooks.graphql
	webhooksText string
	//go:embed operations/pingWebhook.graphql
	pingWebhookText string
	//go:embed operations/removeWebhook.graphql
	removeWebhookText string

	addWebhook    = operation{name: "addWebhook", root: "addModelEventWebhookCallback", text: addWebhookText, limit: maxBody, once: true}
	webhookList   = operation{name: "webhooks", root: "modelEventWebhookCallbacks", text: webhooksText, limit: maxBody}
	pingWebhook   = operation{name: "pingWebhook", root: "pingModelEventWebhookCallback", text: pingWebhookText, limit: maxBody}
	removeWebhook = operation{name: "removeWebhook", root: "removeModelEventWebhookCallback", text: removeWebhookText, limit: maxBody}
)

// Webhook is a registration at Matterport: where the events of the account's models are sent. Matterport does not tell the
// credential.
type Webhook struct {
	ID string

	// URL is where the events go. It is empty if Matterport does not say, or says something that is no address. It has no
	// query, even if the registration has one. Do not take it for one of your own addresses: it may be anything.
	URL string

	// EventTypes are the types of events as Matterport names them. A registration of version 1 has others, such as
	// "inserted".
	EventTypes []string
}

// AddWebhook registers an address for events of version 2 (addModelEventWebhookCallback), and returns the registration's ID. It
// does NOT check that the address can be reached; see [Client.PingWebhook].
//
// Unlike other calls it is not repeated if Matterport may have received it. If there was no answer, or one that was not
// understood, look at [Client.Webhooks] before you call it again: with two registrations each event comes twice.
//
// To change a registration or its credential, add another one and remove the old one. (Matterport's
// patchModelEventWebhookCallback is not used: what it does to parts that are left out is not documented.) Webhooks need
// Matterport's Enterprise plan. Whether the credentials may manage them is not documented: expect [ErrUnauthorized].
func (c *Client) AddWebhook(ctx context.Context, r WebhookRegistration) (id string, err error) {
	op := addWebhook
	vars, e := r.variables(c.api.base)
	if e != nil {
		return "", e
	}
	op.text = r.text(op.text)
	err = c.call(ctx, op, vars, func(result json.RawMessage, _ time.Time) string {
		id = lenient[webhookJSON](result).ID
		if !validWebhookID(id) {
			return "the answer has no usable ID of the webhook: look whether it is in the list of webhooks"
		}
		return ""
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// Webhooks returns all registrations of the account, those of other applications included (modelEventWebhookCallbacks). A list in
// which one has no ID, or one is there twice, is an [ErrMalformed] as a whole.
func (c *Client) Webhooks(ctx context.Context) ([]Webhook, error) {
	var all []Webhook
	vars := variables{}
	seen := make(map[string]bool)
	for range maxWebhookPages {
		var page []Webhook
		var next string
		err := c.call(ctx, webhookList, vars, func(result json.RawMessage, _ time.Time) (problem string) {
			page, next, problem = readWebhooks(result)
			return problem
		})
		if err != nil {
			return nil, err
		}
		for _, w := range page {
			if seen[w.ID] {
				return nil, malformed(webhookList.name, "a webhook is in the list twice")
			}
			seen[w.ID] = true
		}
		all = append(all, page...)
		if next == "" {
			return all, nil
		}
		vars = variables{"offset": next}
	}
	return nil, malformed(webhookList.name, "the list of webhooks has more than "+strconv.Itoa(maxWebhookPages)+" pages")
}

// PingWebhook has Matterport send a trial to a registered address (pingModelEventWebhookCallback). It returns when Matterport has
// accepted the request, and does NOT tell whether the trial arrived: the receiver's log does. What the trial looks like, and
// how Matterport answers if the address cannot be reached, is not documented.
func (c *Client) PingWebhook(ctx context.Context, id string) error {
	return c.webhookCall(ctx, pingWebhook, id, func(result json.RawMessage, _ time.Time) string {
		if string(result) == "false" {
			return "Matterport did not confirm that the webhook was pinged"
		}
		return "" // the type of the result is not documented
	})
}

// RemoveWebhook ends a registration (removeModelEventWebhookCallback). An ID that Matterport does not know is an error, usually
// [ErrNotFound]; its code is not documented.
func (c *Client) RemoveWebhook(ctx context.Context, id string) error {
	return c.webhookCall(ctx, removeWebhook, id, func(result json.RawMessage, _ time.Time) string {
		if !lenient[bool](result) {
			return "Matterport did not confirm that the webhook was removed"
		}
		return ""
	})
}

func (c *Client) webhookCall(ctx context.Context, op operation, id string, read reader) error {
	if !validWebhookID(id) {
		return invalid(op.name, "the webhook has no valid ID: give one from the list of webhooks")
	}
	return c.call(ctx, op, variables{"id": id}, read)
}

type webhookJSON struct {
	ID         string          `json:"id"`
	EventTypes json.RawMessage `json:"eventTypes"`
	Callback   json.RawMessage `json:"callback"`
}

func readWebhooks(result json.RawMessage) (page []Webhook, next, problem string) {
	var listed struct {
		NextOffset string            `json:"nextOffset"`
		Results    []json.RawMessage `json:"results"`
	}
	if err := json.Unmarshal(result, &listed); err != nil || listed.Results == nil {
		return nil, "", "the list of webhooks is not in the documented form"
	}
	for _, entry := range listed.Results {
		read := lenient[webhookJSON](entry)
		if !validWebhookID(read.ID) {
			return nil, "", "a webhook in the list has no usable ID"
		}
		page = append(page, Webhook{ID: read.ID, URL: callbackURL(read.Callback), EventTypes: lenient[[]string](read.EventTypes)})
	}
	return page, listed.NextOffset, ""
}

// callbackURL puts an address together, or returns "".
func callbackURL(callback json.RawMessage) string {
	m := lenient[map[string]json.RawMessage](callback)
	scheme, host, path := lenient[string](m["scheme"]), lenient[string](m["host"]), lenient[string](m["path"])
	if port := lenient[uint16](m["port"]); port != 0 && !isDefaultPort(scheme, port) {
		host = net.JoinHostPort(host, strconv.Itoa(int(port)))
	} else if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	address := url.URL{Scheme: scheme, Host: host, Path: "/" + strings.TrimPrefix(path, "/")}
	text := address.String()
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" || (scheme != "https" && scheme != "http") || !visible(text) {
		return ""
	}
	return text
}

func isDefaultPort(scheme string, port uint16) bool {
	return scheme == "https" && port == 443 || scheme == "http" && port == 80
}

func validWebhookID(id string) bool {
	return len(id) <= maxWebhookID && wellFormedToken(id)
}
