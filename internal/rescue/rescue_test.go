package rescue_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/internal/rescue"
)

func TestPanicIsLoggedWithItsPlaceAndWithoutItsValue(t *testing.T) {
	var log logtest.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	if rescue.Call(logger, "a policy", func() { panic("secret" + "value") }) {
		t.Error("a call that panicked has returned")
	}
	got := log.String()
	for _, want := range []string{"level=ERROR", `in="a policy"`, "rescue_test.go"} {
		if !strings.Contains(got, want) {
			t.Errorf("log %q, want %q", got, want)
		}
	}
	if strings.Contains(got, "secretvalue") {
		t.Errorf("the value is in the log: %q", got)
	}
}

func TestCallThatReturnsIsNotLogged(t *testing.T) {
	var log logtest.Buffer
	if !rescue.Call(slog.New(slog.NewTextHandler(&log, nil)), "work", func() {}) || log.String() != "" {
		t.Errorf("log %q", log.String())
	}
}

type panicking struct{ slog.Handler }

func (panicking) Enabled(context.Context, slog.Level) bool { panic("the log is broken") }

func TestBrokenLoggerIsNoReasonToPanic(t *testing.T) {
	if rescue.Call(slog.New(panicking{}), "work", func() { panic("broken") }) {
		t.Error("a call that panicked has returned")
	}
}
