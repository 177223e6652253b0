package access_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

func TestFileThatCannotBeLoadedIsDegradedUntilItCan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		check := condition.Of(f.File)[0].Check
		for i, step := range []struct {
			text     string
			degraded bool
		}{
			{forAlice, false}, {broken, true}, {broken + "\n", true}, {forBoth, false}, {broken, true}, {forBoth, false},
		} {
			write(t, f.path, step.text)
			time.Sleep(nextLook)
			synctest.Wait()
			err := check(t.Context())
			var words health.Degraded
			if errors.As(err, &words) != step.degraded {
				t.Errorf("step %d: %v", i, err)
			}
		}
	})
}
