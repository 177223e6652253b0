package health_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/health"
)

func TestWatchTellsWhenTroubleBeginsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		fails := func(from, to time.Duration, words string) func(context.Context) error {
			return func(context.Context) error {
				if at := time.Since(began); at < from || at >= to {
					return nil
				}
				return errors.Join(errors.New("dial tcp 10.0.0.7"), health.Degraded(words))
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var told []health.Change
		done := make(chan struct{})
		go func() {
			defer close(done)
			health.Watch(ctx, []health.Part{
				{Name: "tokens", Check: fails(9*time.Second, 29*time.Second, "the store fails")},
				{Name: "database", Check: fails(0, time.Hour, "no connection")},
				{Name: "blip", Check: fails(11*time.Second, 14*time.Second, "gone at once")},
				{Name: "hung", Check: func(ctx context.Context) error {
					if time.Since(began) > 20*time.Second {
						<-ctx.Done()
					}
					return ctx.Err()
				}},
			}, func(c health.Change) { told = append(told, c) })
		}()
		time.Sleep(40 * time.Second)
		cancel()
		<-done
		want := []health.Change{
			{Part: "database", Trouble: "no connection", Since: began.Add(5 * time.Second)},
			{Part: "tokens", Trouble: "the store fails", Since: began.Add(10 * time.Second)},
			{Part: "hung", Trouble: "the check does not answer", Since: began.Add(26 * time.Second)},
			{Part: "tokens", Since: began.Add(10 * time.Second)},
		}
		if !slices.Equal(told, want) {
			t.Errorf("%+v\nwant\n%+v", told, want)
		}
	})
}
