// Package acceptance has the tests of a fleet on what Redis is run as: a single server, with Sentinels, or a cluster, with and
// without TLS and users, and of what happens to it there. Each runs real servers.
package acceptance
