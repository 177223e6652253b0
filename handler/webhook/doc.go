// Package webhook receives the model events that Matterport sends by its webhooks, version 2.
//
// Matterport does not sign them: whoever has the credential can send any event. So an event is a hint and never a fact. A
// [Handler] answers it at once, and then asks Matterport for the state of the model that it names. If Matterport says that
// the model is deleted, transferred or inactive, all tokens for it are revoked, which ends their tours. Whatever an event
// says, the tokens of a model that Matterport still shows stay. Whether the credential may read the model is not told
// apart from a model that is gone: Matterport answers not.found for both.
//
// Nothing is revoked if Matterport does not answer, limits the calls or refuses the application. The question is
// repeated then, at most ten times for one model.
//
// # Limits
//
// Only models that live tokens open are asked for: 5 a second at most after the first 20, one at a time, and each model
// at most once in 10 seconds. Events that come meanwhile are one more question. Up to 10,000 models wait; if more are
// named, all models that live tokens open are asked for instead, so that no event is lost. The store of the tokens is
// read at most once in 5 seconds.
//
// A request without the credential is answered before its body is read, and calls nothing.
//
// # What it does not do
//
// It does not look at views, which have IDs of 25 characters: no event names them. A token for a view of a space that is
// gone lives until it expires. Events are not stored, so those that wait when the process ends are lost. Matterport
// documents no retries: a webhook makes an end come sooner, it does not take the place of short-lived tokens.
package webhook
