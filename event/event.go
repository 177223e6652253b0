// Package event carries the events of pme to the log, an audit trail and metrics.
//
// A [Stream] is made once and given to the Config of every package. They emit events. The stream writes each event
// to the log and passes it on to listeners, which cannot slow a request down. A [Recorder] is called before
// a user gets a new token, and can refuse it.
//
// Events name users, models and client addresses: they are personal data. They hold no token, link,
// cookie, code or other secret, and no query of a URL.
package event

import (
	"log/slog"
	"time"
)

// A Kind says what happened.
type Kind string

// The kinds of events.
const (
	// SignedIn, SignedOut and SignInRefused come from a login of pme's own. A host that has another login
	// can emit them itself.
	SignedIn      Kind = "signed in"
	SignedOut     Kind = "signed out"
	SignInRefused Kind = "login refused"

	// RequestRefused means that a gate did not let a request through, or that a request which changes
	// something seems to come from a page of another site.
	RequestRefused Kind = "request refused"

	// TokenGranted means that a user got a token that was minted for this request. TokenRenewed means the same for a
	// user whose last token for these models was still alive: a tour goes on. TokenReused means that a user got one
	// that existed.
	TokenGranted Kind = "token granted"
	TokenRenewed Kind = "token renewed"
	TokenReused  Kind = "token reused"

	// SpaceViewed means that a user had tokens for a space from From to Until, without a gap. An audit trail makes
	// it of grants and renewals.
	SpaceViewed Kind = "space viewed"

	// TokenDenied means that the policy does not allow a model. TokenWithheld means that a user got no
	// token for another reason, such as a store or Matterport that did not answer.
	TokenDenied   Kind = "token denied"
	TokenWithheld Kind = "token withheld"

	// TokensRevoked means that tokens were revoked: of a user, of a model or of everyone. Reason says why, and By who did it: see [WithCause].
	TokensRevoked Kind = "tokens revoked"

	// AccountConnected means that a user connected a Matterport account, or connected it again;
	// ConnectRefused that an attempt to do so failed.
	AccountConnected Kind = "account connected"
	ConnectRefused   Kind = "connecting refused"

	// ConnectionRenewed, ConnectionLost and ConnectionDeleted are about connected accounts: lost means
	// that Matterport no longer accepts it, deleted that it was deleted here.
	ConnectionRenewed Kind = "connection renewed"
	ConnectionLost    Kind = "connection lost"
	ConnectionDeleted Kind = "connection deleted"

	// Configured means that a handler has started. PolicyChanged means that another version of the policy is in force.
	Configured    Kind = "configured"
	PolicyChanged Kind = "policy changed"

	// TroubleBegan means that Part does not work as it should, in the words of Detail, and TroubleEnded that it does
	// again. From is when it was first seen.
	TroubleBegan Kind = "trouble began"
	TroubleEnded Kind = "trouble ended"

	// SecretChanged means that a secret was replaced by a new value, SecretRejected that the new value cannot be used.
	// Part says which secret.
	SecretChanged  Kind = "secret changed"
	SecretRejected Kind = "secret rejected"

	// WebhookReceived and WebhookRefused are about what Matterport, or someone else, sends to the webhook.
	WebhookReceived Kind = "webhook received"
	WebhookRefused  Kind = "webhook refused"

	// AdminActed means that the administrator By did or saw what Reason says.
	AdminActed Kind = "administrator acted"
)

// An Event is something that happened. It is flat, so that it can be written as one line or one row.
type Event struct {
	// ID is unique, and the same for all listeners and in the log. The stream sets it if it is empty.
	ID string

	// Time is when it happened. The stream sets it if it is zero.
	Time time.Time

	Kind Kind

	// User and Session are as in identity.User: who it happened to. Either may be empty.
	User    string
	Session string

	// By is who did it, if that is not User: an administrator's ID. It is empty for what pme does by itself.
	By string

	// Groups are those of the user, where they matter: at a sign-in and at a denied token. The stream cuts them
	// down to 50, each of at most 128 bytes, and sets MoreGroups to the number of those that it leaves out.
	Groups     []string
	MoreGroups int

	// Models are the IDs of the models that it is about. Names are their names at Matterport at that time, in the
	// same order; the stream fills them in if it knows them: see [Stream.UseNames].
	Models []string
	Names  []string

	// Exact says that it is about the one token that opens just these models, and not about every token that opens one of them.
	Exact bool

	// Corrects is the ID of an earlier event that did not come true: a grant that was recorded, and not made after all.
	Corrects string

	// Connection is the ID of a connected account.
	Connection string

	// Part is what is in trouble or was changed, such as "matterport": the name of a part of package health, or
	// of a secret.
	Part string

	// Policy is the version of the policy that decided: the beginning of the SHA-256 of the file.
	Policy string

	// Reason says why, in a word that programs can compare, such as "no_rule". Detail says it in a sentence
	// for the operator. Show neither to the user: a Detail may name other users and their models.
	Reason string
	Detail string

	// From and Until are the time that it is about: for how long a token lives, a space was viewed or trouble lasted.
	// Either may be zero.
	From, Until time.Time

	// Count is how many things it happened to, such as tokens that were revoked.
	Count int

	// Request is the HTTP request that caused the event. It is empty if no request did.
	Request Request

	// Level is that of the log record.
	Level slog.Level
}

// A Request is what the log and an audit trail may know of an HTTP request.
type Request struct {
	ID     string // by Config.RequestID
	Client string // the client's address, by Config.Client
	Method string
	Path   string // escaped, with the prefix that a router took off, without the query
}
