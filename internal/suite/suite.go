// Package suite holds what conformance suites and randomized tests have in common.
package suite

import (
	"os"
	"sync"
)

// Together calls f n times at once, and returns when all calls have.
func Together(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() { <-start; f(i) })
	}
	close(start)
	wg.Wait()
}

// Rounds returns how often a randomized test repeats itself: usual times, or long times if the environment
// variable PME_LONG is set, as `.ci/run --long` does.
func Rounds(usual, long int) int {
	if os.Getenv("PME_LONG") != "" {
		return long
	}
	return usual
}
