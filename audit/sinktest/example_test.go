package sinktest_test

import (
	"testing"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/audit/sinktest"
)

// The test of a sink is one call.
func ExampleRun() {
	newSink := func(*testing.T) audit.Sink { return nil /* of your package, and empty */ }
	_ = func(t *testing.T) { sinktest.Run(t, newSink) } // TestSink in its tests
}
