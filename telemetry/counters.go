package telemetry

import (
	"go.opentelemetry.io/otel/attribute"

	"github.com/go-pme/pme/event"
)

// counters are the metrics that count events. docs/telemetry.md has them, which a test checks.
var counters = []counter{
	{"pme.token.requests", "{request}", "Requests for viewing tokens, by how they ended.", tokenRequests()},
	{"pme.sign_ins", "{attempt}", "Attempts to sign in at pme's login; failed ones need an operator.", []series{
		outcome("signed_in", event.SignedIn),
		outcome("refused", event.SignInRefused),
		outcome("failed", event.SignInRefused, "upstream_error"),
	}},
	{"pme.requests.refused", "{request}", "Requests that a gate refused, or that seem to come from another site.", because(event.RequestRefused,
		"not_signed_in", "login_repeated", "session_without_user", "credential_rejected", "cross_origin", "error")},
	{"pme.revocations", "{revocation}", "Revocations of tokens, by cause.", revocations()},
	{"pme.accounts", "{change}", "Changes of Matterport accounts that users have connected.", []series{
		outcome("connected", event.AccountConnected),
		outcome("refused", event.ConnectRefused),
		outcome("lost", event.ConnectionLost),
		outcome("deleted", event.ConnectionDeleted),
	}},
	{"pme.webhook.requests", "{request}", "Requests to the webhook.", []series{
		outcome("received", event.WebhookReceived),
		outcome("refused", event.WebhookRefused),
	}},
	{"pme.secret.changes", "{change}", "New values of secrets.", []series{
		outcome("changed", event.SecretChanged),
		outcome("rejected", event.SecretRejected),
	}},
	{"pme.policy.changes", "{change}", "Versions of the policy that came into force.", []series{{kind: event.PolicyChanged}}},
	{"pme.admin.actions", "{action}", "What administrators did or looked at.", []series{{kind: event.AdminActed}}},
}

// uncounted are the kinds of events that are in no metric: they say nothing that another metric or a gauge does not.
var uncounted = []event.Kind{
	event.SignedOut,                        // pme.revocations has those that end tokens
	event.SpaceViewed,                      // is made of grants
	event.ConnectionRenewed,                // is no news
	event.Configured,                       // the process has started
	event.TroubleBegan, event.TroubleEnded, // pme.part.degraded
}

func outcome(word string, kind event.Kind, reasons ...string) series {
	return series{[]attribute.KeyValue{attribute.String("outcome", word)}, kind, reasons}
}

func reason(word string, kind event.Kind, reasons ...string) series {
	return series{[]attribute.KeyValue{attribute.String("reason", word)}, kind, reasons}
}

// because has a series for each of the reasons, and one for others.
func because(kind event.Kind, reasons ...string) []series {
	all := []series{reason(event.Other, kind)}
	for _, word := range reasons {
		all = append(all, reason(word, kind, word))
	}
	return all
}

// tokenRequests tell by the outcome what a visitor got, and by the reason what an operator has to look at.
func tokenRequests() []series {
	with := func(word string, all ...series) []series {
		for i := range all {
			all[i].labels = append(all[i].labels, attribute.String("outcome", word))
		}
		return all
	}
	var all []series
	all = append(all, with("granted", reason("allowed", event.TokenGranted))...)
	all = append(all, with("renewed", reason("allowed", event.TokenRenewed))...)
	all = append(all, with("reused", reason("cached", event.TokenReused), reason("trouble", event.TokenReused, "trouble"))...)
	all = append(all, with("denied", because(event.TokenDenied, "no_rule", "ending", "policy")...)...)
	return append(all, with("withheld", because(event.TokenWithheld,
		"store", "policy", "limit", "matterport", "not_recorded", "revoked", "ending")...)...)
}

// revocations have wider words than the events: the audit trail says more.
func revocations() []series {
	return []series{
		reason(event.Other, event.TokensRevoked),
		reason("sign_out", event.TokensRevoked, "logout", "backchannel", "renewal_refused", "replaced", "ended"),
		reason("policy", event.TokensRevoked, "rule", "date"),
		reason("own", event.TokensRevoked, "own"),
		reason("webhook", event.TokensRevoked, "webhook"),
		reason("admin", event.TokensRevoked, "admin"),
		reason("everything", event.TokensRevoked, "everything"),
		reason("application", event.TokensRevoked, "user", "session", "model", "token"),
	}
}
