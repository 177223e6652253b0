//go:build unix

package redistest

import (
	"errors"
	"testing"
)

func TestTakenPortIsRecognized(t *testing.T) {
	t.Parallel()
	s, other := Start(t), Start(t)
	if err := s.process.end(9); err != nil {
		t.Fatal(err)
	}
	s.port = other.port
	if err := s.configure(); err != nil {
		t.Fatal(err)
	}
	if err := s.run(t.Context()); !errors.Is(err, errPortTaken) {
		t.Errorf("the port of another server: %v", err)
	}
}

func TestWrongConfigurationIsReported(t *testing.T) {
	t.Parallel()
	s := Start(t)
	if err := s.process.end(9); err != nil {
		t.Fatal(err)
	}
	s.lines = []string{"no-such-directive 1"}
	if err := s.configure(); err != nil {
		t.Fatal(err)
	}
	if err := s.run(t.Context()); err == nil || errors.Is(err, errPortTaken) {
		t.Errorf("a wrong configuration: %v", err)
	} else {
		t.Log(err)
	}
}
