// Package sqlite stores audit records in a file, for a single process. It needs no other software. It uses SQLite in pure
// Go, the driver modernc.org/sqlite. Only applications that import this package compile it.
//
// The file is for one process at a time, which locks it while it is open: reports are made by that process. [Open] waits
// for the previous process to close it, at most for Config.Wait, and then fails with [ErrInUse]. A commit is on the disk
// when it returns, so the process or the machine may crash at any moment. What retention deletes is overwritten in the
// file; a copy or a snapshot has it still.
//
// To back the file up, copy it while no process has it open, or let the file system take a snapshot that has both it and its
// "-wal".
package sqlite
