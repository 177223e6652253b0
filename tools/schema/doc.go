// Package schema has tests that hold the JSON Schema of the allow-list against real files, with a validator that is no
// requirement of the library.
package schema
