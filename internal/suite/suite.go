// Package suite holds what the conformance suites of the stores have in common.
package suite

import "sync"

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
