// Package sqlstore keeps the accounts that people have connected in a SQL database, with their tokens
// encrypted. It is the durable [store.Store]: a restarted server still knows its connections, and a
// server that is killed loses none.
//
// For one process, package sqlite opens a file, and nothing else has to be installed. Several processes
// share a PostgreSQL database, which the application opens with a database/sql driver of its choice; this
// package imports none.
//
// # What is encrypted
//
// Refresh tokens, access tokens and PKCE verifiers are sealed with AES-256-GCM, each for its place: the
// table, the column, the person and the ID. Whoever reads the database, its journal or a backup sees who
// has connected what and when, and no token.
//
// A seal authenticates all columns of a row together, such as the time at which an access token ends. Whoever
// writes to the database can delete rows and put whole older rows back, and can do nothing else: what was
// moved, changed or mixed of several rows is an error, [ErrDamaged]. A connection whose key is lost cannot be
// checked any more, nor can what was done to a row before it had a seal, in version 1 of the tables.
//
// # Keys
//
// A [Key] is 32 random bytes: openssl rand -base64 32. Keep it where the application's other secrets
// are, and not beside the database. Without it, everybody has to connect again.
//
// A key is changed without a pause, in steps that each reach all processes before the next:
//
//  1. Add the new key to Config.Keys as the second: it opens, and seals nothing yet.
//  2. Put it first. What is written from now on is sealed with it.
//  3. Call [Store.Rewrap] in one process, which seals the rest anew.
//  4. Wait ten minutes, after which no authorization that began with the old key can finish. Remove the old key.
//
// [New] refuses to start while a connection needs a key that is not there, and says which: its ID, a hash
// of the key. A key that is lost for good is named in Config.LostKeys; then the connections that it sealed
// stay listed, as ones that have to be connected again.
//
// # Versions
//
// [New] brings the tables of an older version up to date, in one transaction. From then on, programs of a version
// that does not know the change get errors, until they are replaced. They change nothing.
//
// # Locks
//
// An Update holds its connection while its change asks Matterport for new tokens. In PostgreSQL that is a
// transaction with the row locked, which the server ends with the process or its network. The host's
// limits on locks, statements and idle transactions are lifted for it, to as much as its context allows.
// A pool behind a proxy that hands out connections by the transaction, such as PgBouncer, is fine if the driver keeps
// no prepared statements: with pgx set default_query_exec_mode=exec in the connection string. A server with
// synchronous_commit = off may forget in a crash what was committed just before, and with it a refresh
// token that Matterport has replaced: leave it on.
//
// In SQLite the lock is in the memory of the one process that has the file.
//
// # Errors
//
// The errors contain no secret. When the database is away, calls fail within the time of their context,
// and work again when it is back. An Update whose change was made goes on for up to five seconds beyond
// its context, to keep it.
package sqlstore
