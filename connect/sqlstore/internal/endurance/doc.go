// Package endurance is tests only: what becomes of connections in a fleet, when processes are killed, and
// when their database is.
package endurance
