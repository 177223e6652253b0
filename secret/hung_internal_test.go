package secret

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A file system that hangs is one whose look has begun and does not end.
func TestAFileSystemThatHangsHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var news []Change
		s := &Source{name: "secret", paths: []string{"/nowhere"}, began: time.Now()}
		s.values.Store(&[]string{"last"})
		if _, err := s.Register(Consumer{Changed: func(c Change) { news = append(news, c) }}); err != nil {
			t.Fatal(err)
		}
		s.running = &look{done: make(chan struct{})}
		health := func() error { return s.HealthParts()[0].Check(t.Context()) }
		for range 20 {
			if began := time.Now(); s.Values()[0] != "last" || !time.Now().Equal(began) {
				t.Error("a caller has waited")
			}
			time.Sleep(time.Second)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		s.Look(ctx)
		synctest.Wait()
		if health() == nil || len(news) != 1 || news[0].Problem != "secret: /nowhere: the file system does not answer" {
			t.Errorf("health %v, told %+v", health(), news)
		}
	})
}
