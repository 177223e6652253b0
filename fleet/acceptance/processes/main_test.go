//go:build unix

package processes_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if text := os.Getenv(replicaVariable); text != "" {
		os.Exit(runReplica(text))
	}
	goleak.VerifyTestMain(m)
}

// long reports whether the whole of a test is asked for, as `.ci/run --long` does.
func long() bool { return os.Getenv("PME_LONG") != "" }
