package postgres

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	openTime  = 5 * time.Second // for one attempt
	openAgain = 2 * time.Second // between two
)

// errNotYet is the error of what needs a database that has not answered since the start.
var errNotYet = errors.New("postgres: the database has not answered since the start")

// A late value needs a server. If that is away at the start, the value is made in the background as soon as it answers.
type late[T any] struct {
	setting string // that of the database, for the log
	open    func(context.Context) (T, error)
	log     *slog.Logger

	value atomic.Pointer[T]
	stop  func() // ends the attempts, and waits for that
}

// get returns the value, or errNotYet.
func (l *late[T]) get() (v T, err error) {
	if p := l.value.Load(); p != nil {
		return *p, nil
	}
	return v, errNotYet
}

// start tries once, and goes on in the background if the server is away. Any other error is returned.
func (l *late[T]) start(ctx context.Context) error {
	l.stop = func() {}
	first := l.try(ctx)
	if first == nil || !IsAway(first) {
		return first
	}
	l.log.WarnContext(ctx, "database not available yet", slog.String("setting", l.setting), slog.Any("error", first))
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.retry(ctx, first)
	}()
	l.stop = func() {
		cancel()
		<-ended
	}
	return nil
}

func (l *late[T]) try(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openTime)
	defer cancel()
	v, err := l.open(ctx)
	if err != nil {
		return explained(err)
	}
	l.value.Store(&v)
	return nil
}

// retry goes on until the value is there, or ctx ends. A server that refuses by now may be corrected while the gateway runs.
func (l *late[T]) retry(ctx context.Context, last error) {
	again := time.NewTicker(openAgain)
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		err := l.try(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			l.log.InfoContext(ctx, "database available", slog.String("setting", l.setting))
			return
		case err.Error() != last.Error():
			l.log.WarnContext(ctx, "database not available yet", slog.String("setting", l.setting), slog.Any("error", err))
			last = err
		}
	}
}
