// Package store is the contract between an issuer and the place where it records its live tokens: memory
// of one process, or something that a fleet of replicas shares.
//
// An application that takes one of the existing stores needs of it only [Selector], to revoke tokens.
// Package storetest checks that an implementation keeps the contract.
package store
