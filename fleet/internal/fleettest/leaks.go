package fleettest

import (
	"testing"

	"go.uber.org/goleak"
)

// Main runs the tests, and fails if they leave goroutines.
func Main(m *testing.M) {
	// A client of rueidis that looked for a cluster leaves these asleep for up to 5 s after Close, to look again.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*call).DelayDo.func1"),
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient).redirectOrNew.func1"),
		goleak.IgnoreAnyFunction("github.com/redis/rueidis.(*clusterClient)._refresh.func2"))
}
