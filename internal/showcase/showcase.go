// Package showcase holds the times that the Showcase SDK dictates.
package showcase

import "time"

const (
	// Lead is how long before a token's expiry the SDK asks for the next one. If it is given a token
	// with Lead or less to live, it asks again at once, in a loop.
	Lead = 60 * time.Second

	// LeastLeft is the least that a token must have left to be sent to a browser: Lead, and what the
	// answer may take on its way.
	LeastLeft = Lead + 10*time.Second

	// LeastUse is the least time that a token must be of use between two refreshes.
	LeastUse = 30 * time.Second
)
