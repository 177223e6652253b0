// Package redistest starts Redis servers for tests: a single server, a primary with a replica and sentinels, or a cluster.
// They run the redis-server that is installed, listen on free ports of 127.0.0.1 and end with the test, even if the test
// process is killed. Package netfault breaks the network in front of a server.
//
// With -short, the test that starts a server is skipped. Without redis-server it fails.
package redistest
