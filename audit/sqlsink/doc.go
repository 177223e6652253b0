// Package sqlsink stores the audit trail in a SQL database. Its [Sink] is an [audit.Sink], and an [audit.Reader] and
// [audit.Expirer] too: it answers who saw which space, and deletes what is older than Config.Retention of package audit.
//
// For one process, package sqlite opens a file, and nothing else has to be installed. Several processes share a
// PostgreSQL database, which the application opens with a database/sql driver of its choice; this package imports
// none. It can be the database of package sqlstore: the tables have other names.
//
// # What is stored
//
// A record is stored as its line, byte for byte, and read back from it. The other columns are for finding it: the
// chain and the number, the time, the kind, the user, and in a second table the IDs and names of the models. [New] makes the
// tables, and brings those of an older version up to date in one transaction. Several processes may do so at once.
//
// # What is checked
//
// [Sink.Records] compares the columns of each record that it reads with the line. A difference is an
// [audit.ErrLine] that names the chain and the number, and the next record follows. A record whose columns were changed so that
// a query does not find it is found by [audit.Verify], which reads all. Whether the lines themselves were changed, removed or
// added is also found by audit.Verify, and not by reading.
//
// # Errors
//
// Append is one transaction, and fails within the time of its context if the database is gone, read-only or full. The trail
// keeps the records and tries again, and goes on once the database is there: nothing has to be restarted. Whether the
// transaction before was committed does not matter, because Append leaves what is stored already. In SQLite, a
// statement that runs is not given up: the lock on the file would be lost with it.
//
// The errors are those of the driver. They contain no record. pgx leaves passwords out of its errors; see whether another
// driver does.
//
// If records before the appended ones are missing, such as after the database was restored from a backup, the log says so,
// and they are stored nevertheless.
//
// # Rights
//
// The owner of the tables runs New once, with the right to create tables in its schema. After that, the role of the application needs:
//
//	GRANT SELECT ON pme_audit_migrations TO app;
//	GRANT SELECT, INSERT ON pme_audit_records, pme_audit_models TO app;
//
// With these, a process adds records and changes none. Without DELETE there are two limits. Leave Config.Retention of package audit
// out, and have another role delete old chains. And in the mode Required, a trail that has given up a grant after an error replaces the
// end of its chain; if that was stored in spite of the error, Append fails until the chain of the next day or process. So
// grant DELETE on both tables in the mode Required or with Retention. Nothing needs UPDATE or TRUNCATE.
//
// # PostgreSQL
//
// The server gives a transaction up when the time of its context is over, also if the client is cut off. A server with
// synchronous_commit = off may forget in a crash what was committed just before: leave it on. Behind a proxy such as
// PgBouncer the driver may keep no prepared statements: with pgx set default_query_exec_mode=exec in the connection string.
package sqlsink
