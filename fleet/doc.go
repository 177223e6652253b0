// Package fleet makes several replicas of an application one, on Redis or Valkey: a token is minted once for all of them,
// and what one of them revokes is revoked on all when the call returns.
//
// A replica answers from memory while it holds a lease: it knew, less than the lease ago, of every revocation. A
// revocation waits until every replica has applied it or can hold no lease any more. So a hit takes no call to Redis, and
// no replica serves what was revoked.
//
// What is stored tells nothing to who reads it: users, sessions and models are keyed hashes, everything else is sealed.
//
// # What it does not do
//
// If Redis does not answer, no token is issued, but what is in memory counts for the rest of the lease. A fail-over of
// Redis may lose the latest revocations: the replicas write again what they remember of them, and until then, for a third of
// the lease, a token may be served that Matterport has not deleted yet. Use append-only files. Connected
// accounts are not in the fleet: they have a store of their own.
package fleet
