// Package store is the contract between connections and the place where they are stored: memory, or a
// database such as those of package sqlstore.
//
// An application that takes one of the existing stores needs nothing of it. Package storetest checks that
// an implementation keeps the contract.
package store
