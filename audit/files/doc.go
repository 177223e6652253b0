// Package files is a sink of an audit trail that writes JSON lines to files in a directory.
//
// Each process writes files of its own, so several can share the directory. A file has the name
// YYYYMMDDTHHMMSSZ-CHAIN-NUMBER.jsonl: when it was begun in UTC, the chain, and the number of its first record. A new file is begun for each
// chain, so each day, and when one has reached [Config.MaxBytes]. Files are never renamed, so a program that ships them elsewhere can follow them.
//
// A record is stored once it has been written and synced to the disk. If that fails, as on a full disk, what was written of it is
// cut off again. A process that crashes can leave an incomplete last line, which is no record.
package files
