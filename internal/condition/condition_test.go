package condition_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/go-pme/pme/health"
	"github.com/go-pme/pme/internal/condition"
)

const broken = health.Degraded("it is broken")

func TestConditionIsThatOfTheLastCall(t *testing.T) {
	left, leave := context.WithCancel(t.Context())
	leave()
	late, end := context.WithTimeout(t.Context(), 0)
	defer end()
	var c condition.Condition
	for i, step := range []struct {
		note func()
		want error
	}{
		{func() {}, nil},
		{func() { c.Note(t.Context(), errors.New("down"), broken) }, broken},
		{func() { c.Note(left, nil, broken) }, nil},
		{func() { c.Note(left, errors.New("interrupted"), broken) }, nil},
		{func() { c.Note(t.Context(), fmt.Errorf("ended: %w", context.Canceled), broken) }, nil},
		{func() { c.Note(late, late.Err(), broken) }, broken},
		{func() { c.Well() }, nil},
		{func() { c.Degraded(broken) }, broken},
	} {
		step.note()
		if got := c.Part("it").Check(t.Context()); !errors.Is(got, step.want) || (got == nil) != (step.want == nil) {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestConditionIsNotedByManyAtOnce(t *testing.T) {
	var c condition.Condition
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				c.Degraded(broken)
				_ = c.Check(t.Context())
				c.Well()
			}
		})
	}
	all.Wait()
	c.Well()
	if err := c.Check(t.Context()); err != nil {
		t.Errorf("%v after the last call went well", err)
	}
}

type reporter []health.Part

func (r reporter) HealthParts() []health.Part { return r }

// room embeds its parts as other packages do.
type (
	parts = condition.Parts
	room  struct{ parts }
)

func TestPartsAreFoundWhereTheyAreReported(t *testing.T) {
	var r room
	condition.Add(&r.parts, health.Part{Name: "one"}, health.Part{Name: "two"})
	var names []string
	for _, p := range condition.Of(&r, nil, reporter{{Name: "three"}}, "nothing") {
		names = append(names, p.Name)
	}
	if got := fmt.Sprint(names); got != "[one two three]" {
		t.Error(got)
	}
}

func BenchmarkWell(b *testing.B) {
	var c condition.Condition
	for b.Loop() {
		c.Well()
	}
}
