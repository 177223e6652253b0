// Package sqlite keeps connections in a file, for a single process: the durable store that needs nothing
// else to be installed. It is SQLite in pure Go, by the driver modernc.org/sqlite, and only applications
// that import this package compile it.
//
// The file is for one process at a time, and locked for as long as that has it open. A successor waits
// for its predecessor's end, and then gives up with [ErrInUse]. A commit is on the disk when it returns:
// the process, or the machine, may end at any moment.
//
// To back the file up, copy it while no process has it open, or let the file system take a snapshot that
// has both it and its "-wal". A backup is worth nothing without the keys, which belong elsewhere.
package sqlite
