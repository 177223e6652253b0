// Package simulation tests the promises of this library against random histories.
//
// People ask for tokens, on several replicas that share a store, while an operator locks people out, revokes,
// changes the policy and restarts replicas, and while Matterport, the network, the store and the policy fail in
// all ways. A naive record of what happened says what an answer may be. Everything runs in the time of
// testing/synctest and without a network, so that an hour takes a moment.
//
//	go test ./internal/simulation                                            some histories
//	go test -timeout 0 ./internal/simulation -histories 100000               hours of them
//	go test -run 'TestRandomHistories/seed=17$' ./internal/simulation        one of them again
//
// A seed fixes what everybody does, but not how goroutines take turns.
package simulation
