// Package audit keeps a trail of who saw which space and when, who was refused and why, and who changed what.
//
// A [Trail] is both the Recorder and a Listener of an [event.Stream]. It writes records to one or more sinks:
// package audit/files writes JSON lines to files, and the module audit/sqlsink writes to SQLite or PostgreSQL.
//
// # What is written
//
// Every event of level info and above is one record, except that a token which is renewed or reused is none: grants
// and renewals become stretches of time, and the end of a stretch is one record of the kind [event.SpaceViewed].
// If refusals come in floods, a part of them is written, and how many were left out.
//
// # Modes
//
// In the mode [BestEffort] no request waits for the trail. If a sink is slow or fails, records wait in memory; if there are too
// many, they are dropped, and the trail says how many. In the mode [Required] a user gets a new token only once a sink has
// stored the grant. If no sink can, the user gets 503. A tour that is running goes on: reuse and renewal need no record.
//
// # Chains
//
// The records of one process, sink and day (in UTC) form a chain: each has the hash of the one before, and the chain of the next
// day goes on from it. Old chains expire as a whole. [Verify] finds records that were changed, removed or added. Whoever can write to a sink can also replace a whole chain, unless the
// trail has a ChainKey; and can cut off its end, unless you keep its anchors elsewhere: see [Anchor].
//
// # Personal data
//
// Records name users, client addresses and groups. With [Pseudonyms] they have keyed hashes instead, and no text that
// could name a person. No record has a token, link, cookie or other secret in it, nor the query of a URL.
package audit
