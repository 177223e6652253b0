package sqlsink

import "database/sql"

// Dialect is the kind of database.
type Dialect int

const (
	// PostgreSQL is for any number of processes.
	PostgreSQL Dialect = iota + 1

	// SQLite is for a database of one process, with one connection. Package sqlite opens one.
	SQLite
)

// traits are the differences between the dialects.
type traits struct {
	isolation sql.IsolationLevel

	// shared says that other processes use the database.
	shared bool

	// interruptible says that a statement may be given up while it runs. The connection to a SQLite file is closed
	// by its driver when that happens, and with it goes the lock on the file, for which another process may be waiting.
	interruptible bool

	// The statement that waits for the lock with the number $1, until the transaction ends. It is empty where one
	// transaction runs at a time.
	lock string

	// The statement that sets the server's limits for the transaction to $1 milliseconds. It is empty where there are
	// none. Without them, a transaction whose client is cut off would hold its records for hours, and the next attempt to
	// store them would wait for it.
	limits string
}

func (d Dialect) traits() traits {
	if d == SQLite {
		return traits{}
	}
	return traits{
		// The database's own default may be one that gives an error instead of the row after a wait.
		isolation:     sql.LevelReadCommitted,
		shared:        true,
		interruptible: true,
		lock:          `SELECT pg_advisory_xact_lock($1)`,
		limits: `SELECT set_config('lock_timeout', $1, true), set_config('statement_timeout', $1, true),
			set_config('idle_in_transaction_session_timeout', $1, true)`,
	}
}
