package commands

import (
	"context"
	"errors"
	"flag"
	"strings"
	"text/tabwriter"

	"github.com/go-pme/pme/cmd/pme/internal/config"
	"github.com/go-pme/pme/cmd/pme/internal/diagnosis"
	"github.com/go-pme/pme/cmd/pme/internal/serve"
	"github.com/go-pme/pme/matterport"
)

const webhookAbout = `Manages the registrations of the account for events of spaces at Matterport (an Enterprise feature):
  list         all of them, those of other applications too
  register     the address of this gateway, with webhook.secret as its credential
  ping [ID]    has Matterport send a trial; without an ID, to the address of this gateway
  remove ID    ends a registration`

// A hook is a registration as JSON.
type hook struct {
	ID    string   `json:"id"`
	URL   string   `json:"url,omitempty"`
	Own   bool     `json:"own"` // it is the address of this gateway
	Types []string `json:"event_types,omitempty"`
}

// hooking is a command on registrations.
type hooking struct {
	*call
	cfg    config.Config
	client *matterport.Client
	url    string // the address of this gateway
	types  []string
	again  bool
}

func webhookCommand(ctx context.Context, args []string, sys System) int {
	h := &hooking{}
	var code int
	var ok bool
	h.call, code, ok = sys.call(manual{name: "webhook", args: "list|register|ping|remove [ID]", about: webhookAbout, min: 1, max: 2}, args, func(set *flag.FlagSet) {
		set.StringVar(&h.url, "url", "", "the `address` that Matterport sends to (default: base_url and paths.webhook)")
		set.Func("type", "a `type` of events, as Matterport names it; may be given several times (default: all but bundle_updated)", func(text string) error {
			h.types = append(h.types, text)
			return nil
		})
		set.BoolVar(&h.again, "again", false, "register an address that is registered already, such as with a new secret")
	})
	if !ok {
		return code
	}
	act, known := map[string]func(context.Context) int{"list": h.list, "register": h.register, "ping": h.ping, "remove": h.remove}[h.args[0]]
	if !known || len(h.args) == 2 && (h.args[0] == "list" || h.args[0] == "register") || len(h.args) == 1 && h.args[0] == "remove" {
		h.say("pme webhook list|register|ping|remove [ID]: see pme webhook -help")
		return exitUsage
	}
	if h.args[0] != "register" && h.idle("it is for pme webhook register", "type", "again") ||
		len(h.args) == 2 && h.idle("the registration is named by its ID", "url") {
		return exitUsage
	}
	loaded, ok := h.load()
	if !ok {
		return exitUsage
	}
	h.cfg = loaded.Config
	account, err := diagnosis.OpenAccount(h.cfg.Matterport)
	if err != nil {
		h.say("%v", located(loaded, serve.Explain(err)))
		return exitUsage
	}
	defer account.Close()
	h.client = account.Client()
	if h.url == "" && h.cfg.BaseURL != "" {
		path := h.cfg.Paths.Webhook
		if path == "" {
			path = "/matterport-events"
		}
		h.url = strings.TrimSuffix(h.cfg.BaseURL, "/") + path
	}
	return act(ctx)
}

// all returns the registrations.
func (h *hooking) all(ctx context.Context) ([]hook, error) {
	list, err := h.client.Webhooks(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // it is explained by refused
	}
	hooks := make([]hook, len(list))
	for i, w := range list {
		hooks[i] = hook{ID: w.ID, URL: w.URL, Own: w.URL != "" && w.URL == h.url, Types: w.EventTypes}
	}
	return hooks, nil
}

func (h *hooking) list(ctx context.Context) int {
	hooks, err := h.all(ctx)
	switch {
	case err != nil:
		return h.refused(err)
	case h.json:
		return answerJSON(h.System, hooks)
	case len(hooks) == 0:
		h.line("There are no registrations.")
		return exitFine
	}
	out := tabwriter.NewWriter(h.Stdout, 0, 0, 2, ' ', 0)
	row(out, "ID", "OWN", "ADDRESS", "EVENTS")
	for _, one := range hooks {
		own := "-"
		if one.Own {
			own = "yes"
		}
		row(out, shown(one.ID), own, shown(one.URL), shown(strings.Join(one.Types, ",")))
	}
	_ = out.Flush()
	return exitFine
}

func (h *hooking) register(ctx context.Context) int {
	switch {
	case !h.cfg.Webhook.Secret.IsSet():
		h.say("pme webhook register: webhook.secret is missing: Matterport does not sign events, so it has to send a secret. pme key new makes one")
		return exitUsage
	case h.url == "":
		h.say("pme webhook register: base_url is missing: set it, or give -url")
		return exitUsage
	}
	hooks, err := h.all(ctx)
	if err != nil {
		return h.refused(err)
	}
	for _, one := range hooks {
		if one.Own && !h.again {
			h.say("pme webhook register: %s is registered already, as %s. With a second registration each event comes twice: with -again it is made all the same, and then remove the old one", h.url, shown(one.ID))
			return exitNo
		}
	}
	r := matterport.WebhookRegistration{
		URL: h.url, Secret: matterport.Secret(h.cfg.Webhook.Secret.Value()), User: h.cfg.Webhook.User, Header: h.cfg.Webhook.Header, EventTypes: h.types,
	}
	id, err := h.client.AddWebhook(ctx, r)
	if err != nil {
		return h.refused(err)
	}
	return h.done(hook{ID: id, URL: h.url, Own: true, Types: h.types}, "registered "+shown(h.url)+" as "+shown(id)+". Try it with pme webhook ping, and look at the log of the gateway for \"webhook received\"")
}

func (h *hooking) ping(ctx context.Context) int {
	ids := h.args[1:]
	if len(ids) == 0 {
		hooks, err := h.all(ctx)
		if err != nil {
			return h.refused(err)
		}
		for _, one := range hooks {
			if one.Own {
				ids = append(ids, one.ID)
			}
		}
	}
	if len(ids) == 0 {
		h.say("pme webhook ping: the address of this gateway is not registered: pme webhook list shows what is")
		return exitNo
	}
	for _, id := range ids {
		if err := h.client.PingWebhook(ctx, id); err != nil {
			return h.refused(err)
		}
	}
	return h.done(hook{ID: ids[0], Own: len(h.args) == 1}, "Matterport has accepted to send a trial. Whether it arrives, the log of the gateway says")
}

func (h *hooking) remove(ctx context.Context) int {
	if err := h.client.RemoveWebhook(ctx, h.args[1]); err != nil {
		return h.refused(err)
	}
	return h.done(hook{ID: h.args[1]}, "removed "+shown(h.args[1]))
}

func (h *hooking) done(one hook, text string) int {
	if h.json {
		return answerJSON(h.System, one)
	}
	h.line("%s", text)
	return exitFine
}

// refused explains an error of Matterport's.
func (h *hooking) refused(err error) int {
	h.say("pme webhook %s: %v", h.args[0], err)
	switch {
	case errors.Is(err, matterport.ErrUnauthorized):
		h.say("Webhooks need Matterport's Enterprise plan, and whether an account's credentials may manage them is not documented: ask Matterport")
	case errors.Is(err, matterport.ErrNotFound), errors.Is(err, matterport.ErrInvalid):
	default:
		return exitUnknown
	}
	return exitNo
}
