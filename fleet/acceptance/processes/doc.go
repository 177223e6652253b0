// Package processes is tests only: what a fleet of real processes promises while they are stopped, killed, cut off and
// started anew.
package processes
