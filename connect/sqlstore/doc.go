// Package sqlstore stores the accounts that people have connected in a SQL database, with their tokens
// encrypted. It is the durable [store.Store]: connections survive when a server is restarted or killed.
//
// For one process, package sqlite opens a file, and nothing else has to be installed. Several processes
// share a PostgreSQL database, which the application opens with a database/sql driver of its choice; this
// package imports none.
//
// # What is encrypted
//
// Refresh tokens, access tokens and PKCE verifiers are sealed with AES-256-GCM, each for its place: the
// table, the column, the person and the ID. A reader of the database, its journal or a backup sees which users
// have connected accounts and when, but no token.
//
// A seal authenticates all columns of a row together, such as the time at which an access token ends. An attacker
// who can write to the database can delete rows and restore whole older rows, and nothing else. Values that were changed, moved or
// combined from several rows are an error, [ErrDamaged]. NOT checked are connections whose key is lost, and changes
// that were made to a row before it had a seal, in version 1 of the tables.
//
// # Keys
//
// A [Key] is 32 random bytes: openssl rand -base64 32. Store it with the application's other secrets, and not
// beside the database. If it is lost, all users have to connect again.
//
// A key is changed without downtime. Each step must reach all processes before the next:
//
//  1. Add the new key to Config.Keys as the second: it decrypts, and encrypts nothing yet.
//  2. Put it first. New values are sealed with it from then on.
//  3. Call [Store.Rewrap] in one process, which seals the remaining values with it.
//  4. Wait ten minutes, after which no authorization that began with the old key can finish. Remove the old key.
//
// With Config.KeySecrets the keys are in a file, one on each line, and the steps need no restart.
//
// [New] fails if a connection needs a key that is not configured. The error has the ID of the key, a hash of it. If a
// key is lost for good, add its ID to Config.LostKeys: the connections that it sealed stay listed, and have to be
// connected again.
//
// # Versions
//
// [New] upgrades the tables of an older version in one transaction. From then on, programs of an older version get
// errors and change nothing, until they are replaced.
//
// # Locks
//
// An Update holds its connection while its change asks Matterport for new tokens. In PostgreSQL that is a
// transaction with the row locked, which the server ends when the process or its network fails. The server's
// limits on locks, statements and idle transactions are raised for it to the time that its context allows.
// A pool behind a proxy that hands out connections by the transaction, such as PgBouncer, is fine if the driver keeps
// no prepared statements: with pgx set default_query_exec_mode=exec in the connection string. A server with
// synchronous_commit = off may forget in a crash what was committed just before, and with it a refresh
// token that Matterport has replaced: leave it on.
//
// In SQLite the lock is in the memory of the one process that has the file.
//
// # Errors
//
// The errors contain no secret. During an outage of the database, calls fail within the time of their context. They
// work again after it. Once an Update's change has returned, the Update may take up to five seconds beyond its
// context to commit.
package sqlstore
